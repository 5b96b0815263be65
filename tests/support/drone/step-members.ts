import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { allPids, factsOf, isAlive, signal, type ProcessFacts } from "./processes.js";

/** The processes that systemd would find in the runner's unit: all that the step started, in whatever session. */
export interface StepMembers {
  /** The words to put in front of the step's command, so that it is a member from its start. */
  readonly prefix: readonly string[];
  readonly begin: (pid: number) => void;
  readonly list: () => readonly number[];
  /** Sends SIGKILL to all members and stops tracking them. */
  readonly dispose: () => Promise<void>;
}

const goneMs = 5_000;

const killAll = async (list: () => readonly number[]): Promise<void> => {
  const until = performance.now() + goneMs;
  for (let left = list(); left.length > 0 && performance.now() < until; left = list()) {
    for (const pid of left) signal(pid, "SIGKILL");
    await pause(5);
  }
};

/** A cgroup version 2 hierarchy in which we may make groups, or null. */
const writableHierarchy = (): string | null => {
  for (const mount of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
    if (!existsSync(join(mount, "cgroup.controllers"))) continue;
    try {
      rmdirSync(mkdtempSync(join(mount, "recipe-ci-probe-")));
      return mount;
    } catch {
      // We may not write here, so try the next mount.
    }
  }
  return null;
};

const hierarchy = writableHierarchy();

/** How the members for a service stop are found: by a real control group, or by a record of each process's parent. */
export const membership: "cgroup" | "ancestry" = hierarchy === null ? "ancestry" : "cgroup";

const joinAndBecome = 'echo $$ >"$0/cgroup.procs" && exec "$@"';

const inCgroup = (mount: string): StepMembers => {
  const group = mkdtempSync(join(mount, "recipe-ci-step-"));
  const list = (): readonly number[] =>
    existsSync(group)
      ? readFileSync(join(group, "cgroup.procs"), "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map(Number)
          .filter(isAlive)
      : [];
  return {
    prefix: ["/bin/sh", "-c", joinAndBecome, group],
    begin: () => undefined,
    list,
    dispose: async () => {
      await killAll(list);
      for (let attempt = 0; existsSync(group) && attempt < 100; attempt += 1) {
        try {
          rmdirSync(group);
        } catch {
          await pause(10); // rmdir fails with EBUSY until the kernel has removed the last process.
        }
      }
    },
  };
};

const everyMs = 5;

/**
 * Tracks members without control groups: a process that was ever seen as a child of a member, or in a member's session, stays a
 * member. If a process starts, forks and ends between two checks, its children are missed.
 */
const byAncestry = (): StepMembers => {
  const seen = new Map<string, ProcessFacts>();
  const key = ({ pid, startedAt }: ProcessFacts): string => `${pid} ${startedAt}`;
  const add = (facts: ProcessFacts): void => void seen.set(key(facts), facts);
  const look = (): void => {
    const pids = new Set([...seen.values()].map(({ pid }) => pid));
    const sessions = new Set([...seen.values()].filter(({ pid, session }) => pid === session).map(({ session }) => session));
    for (let grown = true; grown;) {
      grown = false;
      for (const pid of allPids()) {
        const facts = factsOf(pid);
        if (facts === null || seen.has(key(facts)) || !(pids.has(facts.parent) || sessions.has(facts.session))) continue;
        add(facts);
        pids.add(pid);
        grown = true;
      }
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const list = (): readonly number[] => {
    look();
    return [...seen.values()].filter(({ pid, startedAt }) => isAlive(pid) && factsOf(pid)?.startedAt === startedAt).map(({ pid }) => pid);
  };
  return {
    prefix: [],
    begin: (pid) => {
      const facts = factsOf(pid);
      if (facts !== null) add(facts);
      timer = setInterval(look, everyMs);
    },
    list,
    dispose: async () => {
      await killAll(list);
      clearInterval(timer);
    },
  };
};

/** Starts to track a step's processes. Only this file's own tests set `kind`. */
export const trackMembers = (kind: typeof membership = membership): StepMembers => {
  if (kind === "ancestry" || hierarchy === null) return byAncestry();
  mkdirSync(hierarchy, { recursive: true });
  return inCgroup(hierarchy);
};
