import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { allPids, commandOf, environmentOf, isAlive } from "../drone/processes.js";
import type { Finding, OracleWorld } from "./world.js";

/** The inodes on which anybody holds or awaits a flock, with who: `<inode>` → line of /proc/locks. */
const lockedInodes = (): ReadonlyMap<string, string> =>
  new Map(
    readFileSync("/proc/locks", "utf8")
      .split("\n")
      .flatMap((line) => {
        const inode = /\sFLOCK\s.*\s[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line)?.[1];
        return inode === undefined ? [] : [[inode, line.trim()] as const];
      }),
  );

/** Lock files that somebody holds or waits for, by the kernel's own list. */
export const heldLocks = ({ lockDir }: OracleWorld): readonly Finding[] => {
  if (!existsSync(lockDir)) return [];
  const locked = lockedInodes();
  return readdirSync(lockDir).flatMap((name): readonly Finding[] => {
    try {
      const line = locked.get(String(statSync(join(lockDir, name)).ino));
      return line === undefined ? [] : [{ kind: "lock", what: `${name}: ${line}` }];
    } catch {
      return []; // Unlinked meanwhile: nobody can want it by that name.
    }
  });
};

const isOurs = (environment: readonly string[], { runsDir, sandbox }: OracleWorld): boolean =>
  environment.some(
    (variable) =>
      variable.startsWith(`CCCI_RUN_DIR=${runsDir}`) ||
      (sandbox !== null && (variable === `RECIPE_CI_SANDBOX=${sandbox}` || variable.startsWith(`SANDBOX_ROOTFS=${sandbox}/`))),
  );

/**
 * Living processes of this world: children of runs by their cookie, the stand-ins' services and whatever keeps them. The
 * environment of a process is as it was at its start, so nothing but an exec hides one.
 */
export const livingProcesses = (world: OracleWorld): readonly Finding[] =>
  allPids().flatMap((pid): readonly Finding[] => {
    if (pid === process.pid || !isAlive(pid)) return [];
    const environment = environmentOf(pid);
    if (!isOurs(environment, world)) return [];
    const cookie = environment.find((variable) => variable.startsWith("CCCI_RUN_COOKIE=")) ?? "no cookie";
    return [{ kind: "process", what: `${pid} (${cookie}): ${commandOf(pid)}` }];
  });
