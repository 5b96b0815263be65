import { RunError } from "../../machines/errors.js";
import type { Scope } from "../children/registry.js";
import { redact } from "../redact.js";

/** Runs git and resolves with its stdout, trimmed. Rejects with `git-failed`, or `forge-unreachable` where it was the network. */
export type Git = (args: readonly string[], signal?: AbortSignal) => Promise<string>;

const limitMs = 5 * 60_000;

const networkTexts = [
  /could not resolve host/i,
  /failed to connect/i,
  /connection (?:refused|timed out|reset)/i,
  /unable to access/i,
  /the requested url returned error: (?:5\d\d|403|401)/i,
  /authentication failed/i,
  /could not read username/i,
];

/** `git -C dir verb`: the verb is what people know. */
const verbOf = (args: readonly string[]): string => (args[0] === "-C" ? (args[2] ?? "") : (args[0] ?? ""));

export const createGit =
  (scope: Scope, env: () => Readonly<Record<string, string>>, cwd: string): Git =>
  async (args, signal) => {
    // A question whether there is such a ref is answered by any code.
    const answers = args.includes("--verify") ? [1, 128] : [];
    const end = await scope.run({ file: "git", args, env: env(), cwd, limitMs, answers }, signal);
    if (end.exitCode === 0) return end.stdout.trim();
    const said = redact(end.stderr.trim().split("\n").at(-1) ?? "");
    if (end.timedOut || networkTexts.some((text) => text.test(end.stderr))) {
      throw new RunError("forge-unreachable", `git ${verbOf(args)}: ${end.timedOut ? "no answer in time" : said}`, {
        hint: "Is the forge up, and may this host read the repository? CCCI_SKIP_FETCH=1 uses the staged copy instead.",
        exitCode: 69,
      });
    }
    throw new RunError("git-failed", `git ${verbOf(args)}: ${said}`, { hint: "The run's log has git's output.", exitCode: 2 });
  };
