import { expect } from "vitest";
import { bundleFixture } from "../support/bundle.js";
import { start, temporaryFolder } from "../support/processes.js";

export const processes = 8;

/**
 * Runs processes that each take a lock `times` times, unlink its file while they hold it, and count how often another process held it
 * too.
 */
export const hammer = async (how: "checked" | "unchecked", times: number): Promise<{ readonly had: number; readonly doubles: number }> => {
  const program = await bundleFixture("tests/support/fixtures/lock-hammer.ts");
  const dir = temporaryFolder();
  const all = Array.from({ length: processes }, () =>
    start(process.execPath, [program, dir, "note-abc123.test.example", String(times), how]),
  );
  const ends = await Promise.all(all.map(async ({ ended, stdout }) => ({ ...(await ended), said: stdout() })));
  expect(ends.map(({ code }) => code)).toEqual(all.map(() => 0));
  const counts = ends.map(({ said }) => JSON.parse(said) as { readonly had: number; readonly doubles: number });
  return { had: counts.reduce((sum, { had }) => sum + had, 0), doubles: counts.reduce((sum, { doubles }) => sum + doubles, 0) };
};
