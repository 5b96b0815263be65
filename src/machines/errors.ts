import { exitCodeOf, type CaseOfCode, type FailureCode, type SettledCode } from "./failures.js";
import type { ExitCode, Failure } from "./vocabulary.js";

/**
 * A failure that someone can act on. The message says what happened and to what; the hint says what to do next.
 *
 * The exit code comes from the table of failures. If the table lists several for a code, whoever throws says which.
 */
export class RunError extends Error {
  readonly code: FailureCode;
  readonly hint: string;
  readonly exitCode: ExitCode;
  readonly details: readonly string[];

  constructor(
    /** A code; a code with the exit code of this case; or a failure that was recorded as data and is now thrown. */
    given: SettledCode | CaseOfCode | Failure,
    message: string,
    { hint, details = [], cause }: { hint: string; details?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause });
    this.name = "RunError";
    this.code = typeof given === "string" ? given : given.code;
    this.hint = hint;
    this.exitCode = typeof given === "string" ? exitCodeOf(given) : given.exitCode;
    this.details = details;
  }
}

/** Checks the name and not the class: seldom used commands are separate bundles, each with its own copy of the class. */
export const isRunError = (error: unknown): error is RunError => error instanceof Error && error.name === "RunError";

/** What a host can run out of or forbid, by the system's name for the error. */
const hostTroubles: Readonly<Record<string, readonly [code: SettledCode, hint: string]>> = {
  ENOSPC: ["no-space", "Free some space there; then: recipe-ci doctor"],
  EDQUOT: ["no-space", "The disk quota is used up: free some space; then: recipe-ci doctor"],
  EFBIG: ["no-space", "A limit on the size of files is set (ulimit -f): raise it."],
  EROFS: ["cannot-write", "The file system is read-only: mount it for writing, or choose another folder."],
  EIO: ["disk-broken", "The disk does not answer: dmesg says more."],
  EMFILE: ["too-many-files", "Raise the limit of open files: ulimit -n"],
  ENFILE: ["too-many-files", "The host has too many open files."],
  ENOMEM: ["no-memory", "The host has no memory left."],
};

/** For an exceeded quota, node knows only Linux's error number. */
const namelessTroubles: Readonly<Record<number, readonly [name: string, words: string]>> = { [-122]: ["EDQUOT", "disk quota exceeded"] };

const namelessOf = (error: Error): readonly [name: string, words: string] | undefined =>
  "errno" in error && typeof error.errno === "number" ? namelessTroubles[error.errno] : undefined;

/** What the system said, with the error's name where node has none. */
const saidBy = (error: Error): string => {
  const named = namelessOf(error);
  return named === undefined
    ? error.message
    : error.message.replace(/^(?:Unknown system error -\d+: )+Unknown system error -\d+/, named.join(": "));
};

/** The code and hint of a system error if the host is to blame; null for any other error. */
export const hostTroubleOf = (error: unknown): { readonly code: SettledCode; readonly hint: string } | null => {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const [code, hint] = hostTroubles[namelessOf(error)?.[0] ?? error.code] ?? [];
  return code === undefined || hint === undefined ? null : { code, hint };
};

/** The same as a RunError (exit code 69). */
export const hostTrouble = (error: unknown): RunError | null => {
  const trouble = hostTroubleOf(error);
  return trouble === null || !(error instanceof Error)
    ? null
    : new RunError(trouble.code, saidBy(error), { hint: trouble.hint, cause: error });
};

export interface FailureGiven {
  readonly code: SettledCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: readonly string[];
}

/** The hint of a failure that is our own bug. */
export const bugHint = "This is a bug of recipe-ci. Report it with the run's log.";

/** The message of an error, or anything else that was thrown, as text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const describeBug = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** A failure that a chart itself reports, with the exit code from the table. */
export const asFailure = ({ code, message, hint, details = [] }: FailureGiven): Failure => ({
  code,
  message,
  hint,
  exitCode: exitCodeOf(code),
  details,
});

/** An error as data. If it is neither a RunError nor the host's trouble, it is our bug: exit code 70, with the stack for the report. */
export const failureFrom = (given: unknown): Failure => {
  const error = hostTrouble(given) ?? given;
  return isRunError(error)
    ? { code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode, details: error.details }
    : asFailure({
        code: "internal",
        message: describeBug(error),
        hint: bugHint,
        details: error instanceof Error && error.stack !== undefined ? error.stack.split("\n").slice(1, 6) : [],
      });
};

/** A change of one of the app's services, or of what they need, that was not the run's own. */
export interface Change {
  /** In words, with its time. */
  readonly what: string;
  /** Whether the service's tasks are made anew by it, and not only fewer or more. */
  readonly isSpec: boolean;
  /** The operator's program that ran meanwhile and may have done it; null: none did. */
  readonly program: string | null;
}

/** What was found out about a failure afterwards. */
export interface Evidence {
  readonly lines: readonly string[];
  /** What somebody outside the run did to a task that is to blame, if the engine knows of it. */
  readonly disturbed?: string;
  /** How the app's services were changed since they came up: what cannot have been a program of the run's, else the earliest. */
  readonly changed?: Change;
  /** A network of the app that the Swarm had no addresses for, although the app asks for none in particular. */
  readonly withoutAddresses?: string;
}

/** Failures that can follow if somebody else ends a task. A crash loop, or a service that never came up, had other reasons before. */
const broughtAbout: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "task-died",
  "task-failed",
  "tier-failed",
  "hook-failed",
  "tier-overrun",
  "deploy-probing-overrun",
  "volume-unreachable",
  "backup-failed",
  "backup-empty",
  "backup-unverified",
  "restore-failed",
]);

/** Failures that can also follow if somebody changes a service's spec. */
const changedInto: ReadonlySet<FailureCode> = new Set<FailureCode>([
  "image-refused",
  "mount-refused",
  "crash-loop",
  "update-paused",
  "rolled-back",
]);

const byAnother = (told: Failure, what: string): Failure => ({
  ...asFailure({
    code: "app-disturbed",
    message: `${told.message}; ${what}`,
    hint: "Look for a person, a test or a cron job on the host that did it. This says nothing about the recipe.",
  }),
  details: told.details,
});

/**
 * A failure after a change of the app's services. If a program of the operator's ran at that moment, it may have made the change itself:
 * the failure keeps its code.
 */
const afterChange = (told: Failure, { what, isSpec, program }: Change): Failure => {
  if (!broughtAbout.has(told.code) && !(isSpec && changedInto.has(told.code))) return told;
  if (program === null) return byAnother(told, `somebody outside this run interfered: ${what}`);
  return {
    ...told,
    message: `${told.message}; while ${program} ran, ${what}`,
    hint: `Did ${program} do that? Else somebody on the host did, and this says nothing about the recipe. ${told.hint}`,
  };
};

const unallocated = (told: Failure, network: string): Failure => ({
  ...asFailure({
    code: "engine-failed",
    message: `${told.message}; the Swarm has no addresses left for the network ${network}`,
    hint: "Remove networks that nobody uses: docker network ls. The pool is given once: docker swarm init --default-addr-pool.",
  }),
  details: told.details,
});

/** The failure with what was found out later. If somebody outside the run caused it, it is not the recipe's failure. */
export const withEvidence = (failure: Failure, { lines, disturbed, changed, withoutAddresses }: Evidence): Failure => {
  const told = { ...failure, details: [...failure.details, ...lines] };
  if (withoutAddresses !== undefined && failure.code === "deploy-converging-overrun") return unallocated(told, withoutAddresses);
  if (disturbed === undefined) return changed === undefined ? told : afterChange(told, changed);
  return broughtAbout.has(failure.code) ? byAnother(told, disturbed) : { ...told, details: [...told.details, disturbed] };
};

/** A chart ended without saying why: our bug. */
export const bugFailure = (message: string): Failure => asFailure({ code: "internal", message, hint: bugHint });
