import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../drone/step-script.js";
import { startStep, type DroneStep, type StepSettings } from "../drone/step.js";
import { waitFor } from "../drone/wait-for.js";
import { isEngines } from "./sandbox-world.js";
import { launcher, type World } from "./world.js";

export interface AskedRun {
  readonly recipe: string;
  readonly runId: string;
  readonly pr?: number;
  readonly more?: readonly string[];
  readonly shell?: readonly string[];
  /** Commands before it, of the same shell. */
  readonly before?: readonly string[];
  /** How the step calls it; Drone needs `exec`. */
  readonly call?: (command: string) => readonly string[];
  readonly onText?: StepSettings["onText"];
}

export interface RecipeStep {
  readonly step: DroneStep;
  readonly runId: string;
  /** run.json as it is now; null before there is one. */
  readonly record: () => RunFile | null;
  readonly phases: () => readonly string[];
  /** Resolves once the run is in the phase, or was. */
  readonly reaches: (phase: string, limitMs?: number) => Promise<void>;
  /** Resolves when no process of the step is left but those of the engine, which has its own control group. */
  readonly over: (limitMs?: number) => Promise<void>;
}

/** run.json, as far as tests ask. */
export interface RunFile {
  readonly verdict: string | null;
  readonly cause: string | null;
  readonly cleanliness: string | null;
  readonly exitCode: number | null;
  readonly deploys: number;
  readonly domain: string | null;
  readonly state: string;
  readonly phases: readonly { readonly name: string; readonly durationMs: number | null }[];
}

const readRecord = (path: string): RunFile | null => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunFile;
  } catch {
    return null; // Not there yet.
  }
};

/** A run of recipe-ci as the step of a build, on that world. */
export const startRecipeStep = (world: World, asked: AskedRun): RecipeStep => {
  const { recipe, runId, pr = 0, more = [], before = [], call = (command) => [`exec ${command}`] } = asked;
  const words = [launcher, "run", recipe, "--pr", String(pr), "--run-id", runId, ...world.flags, ...world.sourceOf(recipe), ...more];
  const step = startStep({
    commands: [...before, ...call(words.map(quoted).join(" "))],
    environment: world.env,
    ...(asked.shell === undefined ? {} : { shell: asked.shell }),
    ...(asked.onText === undefined ? {} : { onText: asked.onText }),
  });
  const file = join(world.oracle.runsDir, runId, "run.json");
  const record = (): RunFile | null => readRecord(file);
  const phases = (): readonly string[] => record()?.phases.map(({ name }) => name) ?? [];
  const otherwise = (): string => `${runId} is in ${record()?.state ?? "no state"}\n${step.output().slice(-3_000)}`;
  return {
    step,
    runId,
    record,
    phases,
    reaches: async (phase, limitMs = 60_000) => {
      await waitFor(`${runId} to reach ${phase}`, () => phases().includes(phase), { limitMs, everyMs: 3, otherwise });
    },
    over: async (limitMs = 60_000) => {
      await waitFor(`every process of ${runId} to end`, () => step.members().every(isEngines), { limitMs, everyMs: 20, otherwise });
    },
  };
};
