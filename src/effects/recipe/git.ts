import type { Scope } from "../children/registry.js";
import { gitGuards, gitSettings } from "../children/git-guards.js";
import { gitFailure } from "./git-failure.js";
import { ceiling } from "./git-folder.js";
import { credentialSettings, type Credentials } from "./source-address.js";

export interface GitAsk {
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /** More settings for this command alone. */
  readonly settings?: readonly (readonly [string, string])[];
  /** Variables for this command alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes beside 0 that are an answer, and no failure of git: they too reject, with `git-failed`. */
  readonly answers?: readonly number[];
  /** Told what it prints, as it comes; of a long answer, only the end is resolved with. */
  readonly onOutput?: (text: string) => void;
  /** The output as it is, blanks at both ends included. */
  readonly raw?: boolean;
  /** What it reads on its stdin. */
  readonly input?: string;
  /** It asks the source: it gets the credentials. */
  readonly remote?: boolean;
}

/**
 * Runs git and resolves with its stdout, trimmed. Rejects with a cause by its own name (git-failure.ts).
 *
 * Nothing of a repository is run: no hook, monitor or filter. Credentials are in the environment of those commands
 * alone that ask the source.
 */
export type Git = (args: readonly string[], ask?: GitAsk | AbortSignal) => Promise<string>;

export interface GitSettings {
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly credentials?: Credentials | null;
}

const defaultLimitMs = 5 * 60_000;

/** A repository that lies around the folder is not meant: git would look for one there, and check out in it. */
const noneAround = (args: readonly string[]): Readonly<Record<string, string>> => (args[0] === "-C" && args[1] !== undefined ? { GIT_CEILING_DIRECTORIES: ceiling(args[1]) } : {});

/** `git -C dir verb`: the verb is what people know. */
const verbOf = (args: readonly string[]): string => (args[0] === "-C" ? (args[2] ?? "") : (args[0] ?? ""));

export const createGit =
  ({ scope, env, cwd, credentials = null }: GitSettings): Git =>
  async (args, given = {}) => {
    const { signal, limitMs = defaultLimitMs, settings = [], env: more = {}, answers = [], onOutput, input, remote = false, raw = false } = given instanceof AbortSignal ? { signal: given } : given;
    const asking = remote && credentials !== null ? credentialSettings(credentials) : { settings: [], env: {} };
    const variables = { ...env(), ...noneAround(args), ...gitSettings([...gitGuards, ...settings, ...asking.settings]), ...asking.env, ...more };
    const end = await scope.run({ file: "git", args, env: variables, cwd, limitMs, answers, ...(input === undefined ? {} : { input }), ...(onOutput === undefined ? {} : { onOutput: (stream, text) => stream === "stdout" && onOutput(text) }) }, signal);
    if (end.exitCode === 0) return raw ? end.stdout : end.stdout.trim();
    throw gitFailure(verbOf(args), end);
  };
