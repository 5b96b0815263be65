import { expect } from "vitest";
import { start } from "../support/processes.js";
import { installed } from "./installation.js";

const codes = [0, 1, 2, 3, 69, 70, 75, 129, 130, 142, 143];

/** Of a CI step by that shell with these words, the last one its lines: `$L` is the launcher, `$C` the code. */
export const expectCodesPass = async (shell: string, ...words: readonly string[]): Promise<void> => {
  const { launcher } = installed("process.exit(Number(process.argv[2]));");
  const passed = await Promise.all(
    codes.map(async (code) => {
      const { ended } = start(shell, [...words.slice(0, -1), "-c", words.at(-1) ?? ""], {
        env: { PATH: process.env["PATH"] ?? "", L: launcher, C: String(code) },
      });
      return (await ended).code;
    }),
  );
  expect(passed).toEqual(codes);
};
