import { RunError } from "../../machines/errors.js";
import type { ChildEnd } from "../children/child.js";
import type { Scope } from "../children/registry.js";
import { createRedactor, redact } from "../redact.js";
import { fatalIn } from "./abra-texts.js";

interface AbraSettings {
  readonly abra: string;
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Called with each chunk of output, redacted, and the verb that printed it. */
  readonly onOutput: (verb: string, text: string) => void;
}

export interface AbraAnswer {
  /** The last message with which abra gave up, else null. Redacted. */
  readonly fatal: string | null;
  readonly stdout: string;
  /** The library that parses abra's command line writes here. */
  readonly stderr: string;
}

interface AbraCall {
  readonly signal?: AbortSignal;
  readonly limitMs: number;
  /** Its output contains secrets, so none of it is logged. */
  readonly secret?: boolean;
}

export type Abra = (args: readonly string[], call: AbraCall) => Promise<AbraAnswer>;

const verbOf = (args: readonly string[]): string =>
  args
    .filter((arg) => !arg.startsWith("-"))
    .slice(0, 3)
    .join(" ");

const answerOf = (verb: string, end: ChildEnd): AbraAnswer => {
  if (end.timedOut) {
    throw new RunError("abra-hung", `abra ${verb} did not end in time`, {
      hint: "The run's log has its output so far. Try the same by hand.",
    });
  }
  // FATA goes to stdout. A signal or an exit code without it is a failure too.
  const fatal = fatalIn(end.stdout) ?? fatalIn(end.stderr);
  const ended =
    end.exitCode === 0 ? null : `exit code ${end.exitCode ?? end.signal ?? "none"}: ${end.stderr.trim().split("\n").at(-1) ?? ""}`;
  const last = fatal ?? ended;
  return { fatal: last === null ? null : redact(last), stdout: end.stdout, stderr: end.stderr };
};

/** Runs each abra verb as a child of its own. Rejects only if abra cannot be started or hangs; a refusal is in the answer. */
export const createAbra =
  ({ abra: file, scope, env, cwd, onOutput }: AbraSettings): Abra =>
  async (args, { signal, limitMs, secret = false }) => {
    const verb = verbOf(args);
    const say = (text: string): void => {
      if (text !== "") onOutput(verb, text);
    };
    const streams = { stdout: createRedactor(), stderr: createRedactor() };
    const heard = secret ? {} : { onOutput: (stream: "stdout" | "stderr", text: string) => say(streams[stream].push(text)) };
    try {
      return answerOf(verb, await scope.run({ file, args, env: env(), cwd, limitMs, ...heard }, signal));
    } finally {
      for (const stream of Object.values(streams)) say(stream.end());
    }
  };
