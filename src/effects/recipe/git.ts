import { constants } from "node:os";
import type { ChildEnd } from "../children/child.js";
import type { Scope } from "../children/registry.js";
import { gitGuards, gitSettings } from "../children/git-guards.js";
import { gitFailure } from "./git-failure.js";
import { repositoryTooLarge } from "./recipe-tree.js";
import { ceiling } from "./git-folder.js";
import { credentialSettings, type Credentials } from "./source-address.js";

interface GitAsk {
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /** More settings for this command alone. */
  readonly settings?: readonly (readonly [string, string])[];
  /** Variables for this command alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes other than 0 that are an answer and not a failure of git; they reject too, with `git-failed`. */
  readonly answers?: readonly number[];
  /** Called with what git prints, as it comes. For a long answer, the promise resolves only with the end. */
  readonly onOutput?: (text: string) => void;
  /** Whether to keep blanks at both ends of the output. */
  readonly raw?: boolean;
  /** git's stdin. */
  readonly input?: string;
  /** Whether it asks the source, so that it gets the credentials. */
  readonly remote?: boolean;
  /** Most bytes of the pack that it fetches. */
  readonly packBytesMax?: number;
}

/**
 * Runs git and resolves with its stdout, trimmed. Rejects with a named cause (git-failure.ts).
 *
 * Runs nothing from a repository: no hook, monitor or filter. Only commands that ask the source have credentials in their
 * environment.
 */
export type Git = (args: readonly string[], ask?: GitAsk | AbortSignal) => Promise<string>;

interface GitSettings {
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly credentials?: Credentials | null;
}

const defaultLimitMs = 5 * 60_000;

/** Whatever is fetched stays in one file. git would make a file of each of fewer than a hundred objects. */
const onePack = [["fetch.unpackLimit", "1"]] as const;

/** git, or the git that it starts to write the pack, has reached the limit of a file's size. */
const isCut = ({ signal, stderr }: ChildEnd): boolean =>
  signal === "SIGXFSZ" || new RegExp(`died of signal ${constants.signals.SIGXFSZ}\\b`).test(stderr);

/** Keeps git from using a repository that contains the folder, which it would find and check out in. */
const noneAround = (args: readonly string[]): Readonly<Record<string, string>> =>
  args[0] === "-C" && args[1] !== undefined ? { GIT_CEILING_DIRECTORIES: ceiling(args[1]) } : {};

/** The verb in `git -C dir verb`, for people. */
const verbOf = (args: readonly string[]): string => (args[0] === "-C" ? (args[2] ?? "") : (args[0] ?? ""));

const environmentOf = (
  { env, credentials = null }: GitSettings,
  args: readonly string[],
  { settings = [], env: more = {}, remote = false, packBytesMax }: GitAsk,
): Readonly<Record<string, string>> => {
  const asking = remote && credentials !== null ? credentialSettings(credentials) : { settings: [], env: {} };
  return {
    ...env(),
    ...noneAround(args),
    ...gitSettings([...gitGuards, ...settings, ...(packBytesMax === undefined ? [] : onePack), ...asking.settings]),
    ...asking.env,
    ...more,
  };
};

export const createGit =
  (settings: GitSettings): Git =>
  async (args, given = {}) => {
    const ask: GitAsk = given instanceof AbortSignal ? { signal: given } : given;
    const { limitMs = defaultLimitMs, answers = [], onOutput, input, packBytesMax } = ask;
    const end = await settings.scope.run(
      {
        file: "git",
        args,
        env: environmentOf(settings, args, ask),
        cwd: settings.cwd,
        limitMs,
        answers,
        ...(packBytesMax === undefined ? {} : { fileBytesMax: packBytesMax }),
        ...(input === undefined ? {} : { input }),
        ...(onOutput === undefined ? {} : { onOutput: (stream, text) => stream === "stdout" && onOutput(text) }),
      },
      ask.signal,
    );
    if (packBytesMax !== undefined && isCut(end)) throw repositoryTooLarge(packBytesMax);
    if (end.exitCode === 0) return ask.raw === true ? end.stdout : end.stdout.trim();
    throw gitFailure(verbOf(args), end);
  };
