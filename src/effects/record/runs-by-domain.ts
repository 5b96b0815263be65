import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { bestEffort } from "./best-effort.js";
import { readRun, runFolders } from "./read-runs.js";
import type { RunRecordFile } from "./run-record.js";

/** How much of a record to read for its domain, which comes early: after recipe, ref and pull request. */
const headBytes = 4_096;

/** The domain in the form in which run.json is written. */
const domainIn = /"domain": (?:"([^"\\]*)"|null)/;

const head = Buffer.alloc(headBytes);

/** The first bytes of a file, in three system calls, while a careful read of a file takes seven. Does not block, whatever is there. */
const headOf = (file: string): string => {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    return head.toString("latin1", 0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
};

/** For records without the domain in that place, which are read as a whole. */
const unsaid = Symbol("unsaid");

const domainOf = (file: string): string | null | typeof unsaid => {
  const found = domainIn.exec(bestEffort(() => headOf(file)) ?? "");
  return found === null ? unsaid : (found[1] ?? null);
};

/**
 * Finds the runs of an app, the newest first. Looks at the record of every run and parses those that matter, so use it
 * only if nothing else shows whose an app is. Looks at each folder once.
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
