import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import type { ChildEnd } from "../children/child.js";
import { redact } from "../redact.js";

interface Cause {
  readonly code: SettledCode;
  readonly says: RegExp;
  readonly hint: string;
  /** Counts only if git says this as well, on whatever line. */
  readonly also?: RegExp;
  /** Counts for this command only. */
  readonly verb?: string;
  /** Counts only if this host says it: neither the other side's messages (`remote: `) nor a name that a stranger chose count. */
  readonly here?: true;
}

/**
 * What git's messages mean, the host's troubles first, because git adds "and the repository exists" to many of them.
 * Each cause has its own name. An unknown message is reported in git's own words, never as the user's likeliest
 * mistake.
 */
const causes: readonly Cause[] = [
  // If no disk can store a file, the tree is to blame, whatever the file is called.
  {
    code: "broken-repository",
    verb: "checkout",
    says: /unable to create (?:symlink .*: no such file or directory|\w+ .*: file name too long)$/im,
    hint: "No file system takes it: a link must lead somewhere, and to no more than 4,095 bytes.",
  },
  {
    code: "no-space",
    here: true,
    says: /no space left on device|out of diskspace|disk quota exceeded|file too large/i,
    hint: "Free some space in the runs folder; then: recipe-ci doctor",
  },
  {
    code: "cannot-write",
    here: true,
    says: /read-only file system|unable to create|cannot mkdir|could not create/i,
    hint: "Is the runs folder's disk writable for this user? Try: recipe-ci doctor",
  },
  {
    code: "git-killed",
    here: true,
    says: /died of signal|terminated by signal|out of memory/i,
    hint: "Has the host run out of memory? dmesg may say more.",
  },
  {
    code: "foreign-repository",
    says: /dubious ownership/i,
    hint: "Run as its owner, or allow it for this user: git config --global --add safe.directory PATH",
  },
  {
    code: "source-refused",
    says: /transport '.*' not allowed|strange (?:hostname|pathname)|unable to find remote helper|protocol .* is not supported/i,
    hint: "Give a path, or an address that begins with https://, http://, ssh:// or git://.",
  },
  {
    code: "auth-refused",
    says: /authentication failed|could not read (?:username|password)|terminal prompts disabled|returned error: 40[137]|permission denied \(|access denied|host key verification failed/i,
    hint: "The repository may be private, or not be there: check the address and that this host may read it.",
  },
  // Before the early end of an answer, which comes of it.
  {
    code: "broken-repository",
    says: /attempting to allocate \d+ over limit/i,
    hint: "An object in it would take more than 512 MiB of memory, which git is not given: leave out of the repository what is as large as that.",
  },
  {
    code: "broken-repository",
    says: /unknown repository extension|expected git repo version/i,
    hint: "It is of a form that this host's git cannot read: a newer git may.",
  },
  {
    code: "broken-repository",
    says: /from promisor remote|lazy fetching disabled/i,
    hint: "It is a partial clone, and what it lacks is not fetched for a run: give the repository that it is a clone of, or fetch all into it with git fetch --refetch --no-filter.",
  },
  {
    code: "broken-repository",
    says: /unable to normalize alternate object path/i,
    hint: "It borrows objects from a repository that is gone: look at objects/info/alternates in its git folder.",
  },
  {
    code: "broken-repository",
    says: /repository corruption on the remote side|did not receive expected object/i,
    also: /info\/grafts is deprecated/i,
    hint: "Its grafts name other parents than its commits have, which no clone can follow: remove info/grafts in its git folder.",
  },
  {
    code: "broken-repository",
    says: /repository corruption on the remote side|bad shallow line|(?:unexpected|unterminated) line in .*packed-refs|did not receive expected object|bad config/i,
    hint: "The repository itself is at fault: git fsck, where it lies, says more.",
  },
  {
    code: "broken-repository",
    verb: "clone",
    says: /not our ref/i,
    hint: "A ref of it leads to what is not there. Was it changed meanwhile? Then try again; else git fsck, where it lies, says more.",
  },
  {
    code: "forge-unreachable",
    says: /could not resolve (?:host|proxy)|failed to connect|couldn't connect|connection (?:refused|timed out|reset)|network is unreachable|no route to host|returned error: 5\d\d|certificate|timed out|empty reply|early EOF|hung up unexpectedly|unable to connect/i,
    hint: "Is the forge up, and may this host read the repository? CCCI_SKIP_FETCH=1 uses the staged copy instead.",
  },
  {
    code: "broken-repository",
    says: /bad object|corrupt|unable to read (?:tree|sha1|askpass)|object file .* is empty|missing blob|not a tree|bad tree|bad signature|invalid path|does not have a commit checked out|adding files failed|unable to index file|missing object|not a valid object name/i,
    hint: "The repository itself is at fault: git -C PATH fsck says more.",
  },
  {
    code: "unknown-ref",
    says: /couldn't find remote ref|not our ref|invalid refspec|unadvertised object|needed a single revision/i,
    hint: "Give a branch, a tag or a commit that has been pushed.",
  },
  {
    code: "unknown-repository",
    says: /repository '.*' (?:not found|does not exist)|repository not found|does not appear to be a git repository|not a git repository|returned error: 404|invalid gitfile/i,
    hint: "Check the name, or give its repository with --src.",
  },
];

const advice =
  /^(?:hint: |fatal: could not read from remote repository|please make sure you have the correct access rights|and the repository exists)/i;

const quoting =
  /^((?:\w+: )*(?:(?:unexpected|unterminated) line in .*?packed-refs|bad (?:shallow line|graft data)|unable to normalize alternate object path|object directory)):? .*/i;

/** Without the line of one of its files that git could not read: under that file's name there may be a link to any file of the host. */
const withoutQuote = (line: string): string => line.replace(quoting, "$1");

/** git's reason: the line by which it is known, or else the one that git marks, not the advice that may follow it. */
const reasonIn = (stderr: string, says: RegExp | undefined): string => {
  const lines = stderr.split("\n").filter((said) => said.trim() !== "" && !advice.test(said));
  const at = says === undefined ? -1 : lines.findIndex((said) => says.test(said));
  const line = lines[at] ?? lines.findLast((said) => /^(?:fatal|error): /.test(said)) ?? lines.at(-1) ?? "";
  // What git found may be on the next line.
  const found = line.endsWith(":") ? (lines[at + 1] ?? "").trim() : "";
  return redact(`${withoutQuote(line)} ${found}`.trim().slice(0, 1_000));
};

/** The failure of a git command, by its cause and with git's own reason. */
export const gitFailure = (verb: string, { stderr, exitCode, signal, timedOut }: ChildEnd): RunError => {
  if (timedOut) {
    return new RunError("git-hung", `git ${verb} did not end in time`, {
      hint: "Is the forge, or the disk that the repository lies on, answering?",
    });
  }
  if (signal !== null) {
    return new RunError("git-killed", `git ${verb} ended by ${signal}`, {
      hint: "Is there a limit on memory or file size? ulimit -a, and dmesg may say more.",
    });
  }
  const here = stderr
    .replace(/^(?:remote: |fatal: remote error: ).*$/gm, "")
    .replace(/'.*'/g, "")
    .replace(/(unable to create \w+) .*: /g, "$1: ");
  const cause = causes.find(
    (one) =>
      (one.verb === undefined || one.verb === verb) &&
      (one.also === undefined || one.also.test(stderr)) &&
      one.says.test(one.here === true ? here : stderr),
  );
  const reason = reasonIn(stderr, cause?.says);
  const message = `git ${verb}: ${reason === "" ? `exit code ${exitCode ?? "none"}` : reason}`;
  if (cause === undefined) return new RunError("git-failed", message, { hint: "Try the same by hand; the line above is git's own." });
  return new RunError(cause.code, message, { hint: cause.hint });
};
