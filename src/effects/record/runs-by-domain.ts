import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { bestEffort } from "./best-effort.js";
import { readRun, runFolders } from "./read-runs.js";
import type { RunRecordFile } from "./run-record.js";

/** A record says early which app it is of: behind recipe, ref and pull request. */
const headBytes = 4_096;

/** As run.json is written. */
const domainIn = /"domain": (?:"([^"\\]*)"|null)/;

const head = Buffer.alloc(headBytes);

/** The first bytes of a file in three calls of the system, where reading a file with all due care takes seven. Whatever lies there, it does not block. */
const headOf = (file: string): string => {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    return head.toString("latin1", 0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
};

/** Runs that do not say so where a record of ours does are read as a whole. */
const unsaid = Symbol("unsaid");

const domainOf = (file: string): string | null | typeof unsaid => {
  const found = domainIn.exec(bestEffort(() => headOf(file)) ?? "");
  return found === null ? unsaid : (found[1] ?? null);
};

/**
 * Which runs were of an app, the newest first. Looks at the record of every run there is, and parses those that matter:
 * for when nothing else tells whose an app is. Each folder is looked at once.
 */
export const createRunsByDomain = (runsDir: string): ((domain: string) => readonly RunRecordFile[]) => {
  let index: Map<string | typeof unsaid, string[]> | undefined;
  const build = (): Map<string | typeof unsaid, string[]> => {
    const made = new Map<string | typeof unsaid, string[]>();
    for (const name of runFolders(runsDir)) {
      const domain = domainOf(join(runsDir, name, "run.json"));
      if (domain !== null) made.set(domain, [...(made.get(domain) ?? []), name]);
    }
    return made;
  };
  return (domain) => {
    index ??= build();
    const names = [...(index.get(domain) ?? []), ...(index.get(unsaid) ?? [])];
    return names
      .flatMap((name) => readRun(join(runsDir, name)) ?? [])
      .filter((run) => run.domain === domain)
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  };
};
