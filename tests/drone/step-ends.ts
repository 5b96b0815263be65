import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startSilent, type Child } from "../support/children.js";
import { waitFor } from "../support/drone/wait-for.js";
import { findLeaksAtRest, judgeRuns } from "../support/oracle/oracle.js";
import { janitorPass } from "../support/worlds/janitor-pass.js";
import { startRecipeStep, type RecipeStep } from "../support/worlds/recipe-step.js";
import { isEngines, sandboxWorld } from "../support/worlds/sandbox-world.js";
import type { World } from "../support/worlds/world.js";

/** What a runner does to a step. The last leaves no chance: the whole control group is killed in the middle of a teardown. */
const ways = {
  cancel: async ({ step }: RecipeStep) => step.cancel("kept"),
  "cancel, and the log is closed": async ({ step }: RecipeStep) => step.cancel("dropped"),
  timeout: async ({ step }: RecipeStep) => step.timeout(),
  crash: async ({ step }: RecipeStep) => step.crash(),
  "service stop": ({ step }: RecipeStep) => step.serviceStop(90_000, isEngines),
  "service stop without patience": ({ step }: RecipeStep) => step.serviceStop(150, isEngines),
} as const;
type Way = keyof typeof ways;

const phases = ["prepare", "acquire", "recover", "deploy", "test", "tearingDown", "reporting"] as const;
type Phase = (typeof phases)[number];

/** What each way comes to in the record; in `tearingDown` and after, the verdict stood before. */
const causes: Record<Way, readonly (string | null)[]> = {
  cancel: ["parent"],
  "cancel, and the log is closed": ["parent", "epipe"],
  timeout: ["parent"],
  crash: ["epipe"],
  "service stop": ["TERM", "epipe", "parent"],
  "service stop without patience": ["TERM", "epipe", "parent", null],
};

const isSettled = (phase: Phase): boolean => phase === "tearingDown" || phase === "reporting";

/** Holds whatever lock file appears first, so that a run has somebody to wait for. */
const holdEveryLock = async (world: World, domain: string): Promise<Child> => {
  mkdirSync(world.oracle.lockDir, { recursive: true });
  const file = join(world.oracle.lockDir, `cc-ci-app-${domain}.lock`);
  const holder = startSilent("flock", ["--no-fork", file, "sleep", "600"]);
  await waitFor("the lock to be held", () => existsSync(file) && readFileSync("/proc/locks", "utf8").includes(`:${statSync(file).ino} `));
  return holder;
};

/** The app of the example echo for pull request 1: the same bytes make the same commit on every machine. */
const domainOfEcho = async (): Promise<string> => {
  const world = sandboxWorld();
  const run = startRecipeStep(world, { recipe: "echo", runId: "which", pr: 1 });
  try {
    return await waitFor("the app's name", () => run.record()?.domain, { limitMs: 60_000, otherwise: run.step.output });
  } finally {
    run.step.cancel();
    await run.over();
    await run.step.dispose();
    await world.dispose();
  }
};

let known: Promise<string> | undefined;

/** A step that is ended so in such a phase leaves nothing, or what the janitor's next pass removes. */
export const endIn = async (phase: Phase, way: Way): Promise<void> => {
  const domain = await (known ??= domainOfEcho());
  const world = sandboxWorld();
  // Long enough to be met in: these last a few calls of docker's otherwise.
  const slow: Partial<Record<Phase, string>> = { recover: "docker service ls", test: "docker service" };
  if (slow[phase] !== undefined) writeFileSync(join(world.root, "faults.json"), JSON.stringify([{ when: slow[phase], do: "slow:200" }]));
  const holder = phase === "acquire" ? await holdEveryLock(world, domain) : null;
  const run = startRecipeStep(world, { recipe: "echo", runId: "1", pr: 1 });
  try {
    await run.reaches(phase);
    if (phase === "acquire")
      await waitFor("the card of the holder", () => run.step.output().includes("waiting for"), { otherwise: run.step.output });
    // A busy machine may have let it go on since.
    const settled = isSettled(phase) || run.phases().includes("tearingDown");
    await ways[way](run);
    // A crash is heard at the next word, and who waits says one each 30 s: here the holder ends sooner.
    await holder?.end();
    await run.over();

    const killed = way === "service stop without patience" && run.record()?.exitCode === null;
    const tornApart = way.startsWith("service stop") && (settled || killed);
    const record = run.record();
    if (!killed && !settled) {
      expect(record).toMatchObject({ verdict: "stopped", exitCode: 143 });
      expect(causes[way]).toContain(record?.cause);
    }
    if (!killed && settled && !tornApart) expect(record).toMatchObject({ verdict: "passed", exitCode: 0, cleanliness: "clean" });
    // Verified by the run itself; a TERM to its very children, or a KILL, leaves the rest to the janitor.
    if (!tornApart) expect(await findLeaksAtRest(world.oracle)).toEqual([]);
    const { code, report } = await janitorPass(world);
    expect(code, report).toBe(0);
    expect(await findLeaksAtRest(world.oracle)).toEqual([]);
    expect(judgeRuns(world.oracle, { harmOf: () => ({ stoppedAt: null, killed }), killedAt: new Map() })).toEqual([]);
    expect(readdirSync(world.oracle.runsDir).filter((name) => name !== "apps")).toEqual(["1"]);
  } finally {
    if (holder?.hasEnded() === false) await holder.end();
    await run.step.dispose();
    await world.dispose();
  }
};

/** Each way in each phase: two that differ most, and all the others. */
const first = ["crash in deploy", "service stop without patience in tearingDown"];
const pairs = phases.flatMap((phase) =>
  (Object.keys(ways) as Way[]).map((way) => ({ phase, way, first: first.includes(`${way} in ${phase}`) })),
);
export const firstPairs = pairs.filter(({ first }) => first);
export const otherPairs = pairs.filter(({ first }) => !first);
