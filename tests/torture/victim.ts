import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startProcess } from "../support/children.js";
import { allPids, environmentOf, factsOf, ignores, isAlive, namesIn, signal } from "../support/drone/processes.js";
import { launcher, type World } from "../support/worlds/world.js";
import type { RunPlan, Target } from "./plan.js";
import type { Random } from "./random.js";

/** One run that things are done to. */
export interface Victim {
  readonly plan: RunPlan;
  /** The launcher's exit code, or null if a signal ended it; undefined while it lives. */
  readonly code: () => number | null | undefined;
  readonly output: () => string;
  /** Names of the phases that its record tells of, in order. */
  readonly phases: () => readonly string[];
  /** Living processes of launcher and program; of their children too, which carry the run's id. */
  readonly alive: () => readonly number[];
  readonly pidsOf: (target: Target, random: Random) => readonly number[];
  /** Whether a signal to the launcher's group reaches the program: before it has a session of its own. */
  readonly isInLaunchersGroup: () => boolean;
  /** Whether the program hears an INT: as a background child of a shell it ignores it until node has begun. */
  readonly hearsInt: () => boolean;
  readonly dropReader: () => void;
}

const argumentsOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // Gone meanwhile.
  }
};

const phasesIn = (record: string): readonly string[] => {
  try {
    const { phases } = JSON.parse(readFileSync(record, "utf8")) as { phases?: readonly { name: string }[] };
    return (phases ?? []).map(({ name }) => name);
  } catch {
    return []; // Not there yet.
  }
};

/** Starts a run as a CI would, in a process group of its own, with a pipe for its output. */
export const startVictim = (plan: RunPlan, world: World): Victim => {
  const args = ["run", plan.recipe, "--pr", String(plan.pr), "--run-id", plan.id, ...world.flags, ...world.sourceOf(plan.recipe)];
  // Whoever survives it must not be told by the pipes that it has ended.
  const { pid, child, said } = startProcess(launcher, args, {
    cwd: world.root,
    env: { PATH: process.env["PATH"], HOME: world.root, ...world.env },
    outlived: true,
  });
  let code: number | null | undefined;
  child.once("exit", (given) => (code = given));

  // Another world beside may have a run of the same id, which is none of ours to shoot at.
  const isOurs = (other: number): boolean => namesIn(other, world.root);
  const isRuns = (other: number): boolean => {
    const words = argumentsOf(other);
    return words[words.indexOf("--run-id") + 1] === plan.id && words.includes("--run-id");
  };
  const own = (): readonly number[] => allPids().filter((other) => isRuns(other) && isOurs(other) && isAlive(other));
  // A child that it has forked has its words until it begins as something else; the launcher's own child has not.
  const isForked = (other: number): boolean => (code === undefined ? factsOf(other)?.parent !== pid : isRuns(factsOf(other)?.parent ?? 0));
  const program = (): number | undefined =>
    own().find((other) => other !== pid && argumentsOf(other).some((word) => word.endsWith("/main.cjs")) && !isForked(other));
  const children = (): readonly number[] =>
    allPids().filter((other) => environmentOf(other).includes(`CCCI_RUN_ID=${plan.id}`) && isOurs(other) && isAlive(other));
  return {
    plan,
    code: () => code,
    output: () => said.stdout + said.stderr,
    phases: () => phasesIn(join(world.oracle.runsDir, plan.id, "run.json")),
    alive: () => [...own(), ...children()],
    pidsOf: (target, random) => {
      switch (target) {
        case "program":
          return [program() ?? []].flat();
        case "launcher":
          return code === undefined ? [pid] : [];
        case "group":
          return code === undefined ? [-pid] : [];
        case "child": {
          const [first, ...rest] = children();
          return first === undefined ? [] : [random.pick([first, ...rest])];
        }
        case "everything":
          // The program first: it would see its launcher's end and begin to tear down, and a killed control group sees nothing.
          return [...new Set([...[program() ?? []].flat(), ...own(), ...children()])];
      }
    },
    isInLaunchersGroup: () => {
      const found = program();
      return found === undefined || factsOf(found)?.session !== found;
    },
    hearsInt: () => {
      const found = program();
      return found !== undefined && argumentsOf(found)[0]?.endsWith("node") === true && !ignores(found, 2);
    },
    dropReader: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
};

export const killVictim = (victim: Victim): void => {
  for (const pid of victim.alive()) signal(pid, "SIGKILL");
};
