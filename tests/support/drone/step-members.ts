import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { allPids, factsOf, isAlive, signal, type ProcessFacts } from "./processes.js";

/** The processes that systemd would find in the runner's unit: all that the step started, whatever session they are in. */
export interface StepMembers {
  /** What to put in front of the step's command so that it is a member from its first moment. */
  readonly prefix: readonly string[];
  readonly begin: (pid: number) => void;
  readonly list: () => readonly number[];
  /** SIGKILL to all of them and the end of the book-keeping. */
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

/** A version 2 hierarchy that we may make groups in, or null. */
const writableHierarchy = (): string | null => {
  for (const mount of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
    if (!existsSync(join(mount, "cgroup.controllers"))) continue;
    try {
      rmdirSync(mkdtempSync(join(mount, "recipe-ci-probe-")));
      return mount;
    } catch {
      // Not ours to write: the next one, or none.
    }
  }
  return null;
};

const hierarchy = writableHierarchy();

/** Whether a real control group stands behind the service stop, or a record of who was born from whom. */
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
          await pause(10); // EBUSY until the kernel has buried the last of them.
        }
      }
    },
  };
};

const everyMs = 5;

/**
 * Without control groups: whoever was seen as a child of a member, or in a member's session, is a member for good.
 * A process that is born, forks and dies between two looks hides its children.
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

/** `kind`: only for the tests of this file itself. */
export const trackMembers = (kind: typeof membership = membership): StepMembers => {
  if (kind === "ancestry" || hierarchy === null) return byAncestry();
  mkdirSync(hierarchy, { recursive: true });
  return inCgroup(hierarchy);
};
