import * as v from "valibot";
import { RunError } from "../../machines/errors.js";
import type { Abra } from "./abra.js";

const limitMs = 30_000;

/** One object per server, as a program that reads 0.13's output declares it. */
const schema = v.record(v.string(), v.object({ apps: v.nullable(v.array(v.object({ domain: v.string() }))) }));

/** abra's logger writes to stdout too, so the document begins at the first brace at the start of a line. */
const documentIn = (stdout: string): unknown => {
  const start = stdout.search(/^\{/m);
  try {
    return start === -1 ? null : JSON.parse(stdout.slice(start));
  } catch {
    return null; // No list, as the caller says.
  }
};

/** The apps that abra knows on any server. Rejects if its output is not a list. */
export const listedApps = async (abra: Abra, signal: AbortSignal): Promise<readonly string[]> => {
  const { stdout, fatal } = await abra(["app", "ls", "--machine", "--no-input", "--offline"], { signal, limitMs });
  const parsed = v.safeParse(schema, documentIn(stdout));
  if (parsed.success) return Object.values(parsed.output).flatMap(({ apps }) => (apps ?? []).map(({ domain }) => domain));
  throw new RunError("abra-garbage", `abra app ls gave no list${fatal === null ? "" : `: ${fatal}`}`, {
    hint: "The .env files are read directly instead.",
  });
};
