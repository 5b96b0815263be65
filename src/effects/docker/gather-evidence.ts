import { fromPromise } from "xstate";
import { messageOf } from "../../machines/errors.js";
import { suspectsOf, type Suspect } from "../../machines/convergence/suspects.js";
import { endOf, taskName } from "../../machines/convergence/task-words.js";
import type { SettlePorts } from "../../machines/settle/settle.ports.js";
import { redact } from "../redact.js";
import type { Engine } from "./engine.js";
import type { Container } from "./engine-schema.js";
import { lookAtStack } from "./look-at-stack.js";
import { taskLog } from "./task-log.js";

const wordsOfSuspects = 15;
const wordsOfOthers = 5;
const outputMax = 600;

const wordsOf = async (engine: Engine, { task, isFine }: Suspect, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  if (task.container === null) return [];
  try {
    const lines = await taskLog(engine, task.id, isFine ? wordsOfOthers : wordsOfSuspects, signal);
    const end = task.exitCode === null ? "" : ` (${endOf(task)})`;
    return lines.length === 0 ? [`${name}${end} has printed nothing`] : [`last words of ${name}${end}:`, ...lines.map((line) => `  ${line}`)];
  } catch (error) {
    return [`the log of ${name} cannot be read: ${messageOf(error)}`];
  }
};

/** What the container itself says: only its own node has it, and only until its task is forgotten. */
const containerOf = async (engine: Engine, id: string, signal: AbortSignal): Promise<Container | null> => {
  try {
    return await engine.json<Container>("GET", `/containers/${id}/json`, { signal });
  } catch {
    return null;
  }
};

const healthOf = async (engine: Engine, { task, isFine }: Suspect, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  if (task.container === null || isFine) return [];
  const state = (await containerOf(engine, task.container, signal))?.State;
  // A check that passed has nothing to say about a death.
  const checked = state?.Health?.Log?.findLast(({ ExitCode }) => ExitCode !== 0);
  const output = redact(checked?.Output ?? "").trim().slice(-outputMax);
  return [
    ...(state?.OOMKilled === true ? [`${name} was killed because it ran out of memory`] : []),
    ...(checked === undefined ? [] : [`health check of ${name}: exit code ${checked.ExitCode ?? "none"}${output === "" ? ", and no output" : ""}`]),
    ...output.split("\n").filter((line) => line.trim() !== "").slice(-5).map((line) => `  ${line}`),
  ];
};

/** Last words and health checks of the tasks that are not as they should be; of all services where none is to blame. */
export const gatherEvidence = (engine: Engine): SettlePorts["gatherEvidence"] =>
  fromPromise(async ({ input: { app, settled }, signal }) => {
    const suspects = suspectsOf(await lookAtStack(engine, app.stack, signal), settled);
    const told = await Promise.all(
      suspects.map(async (suspect) => {
        const name = taskName(suspect.service, suspect.task);
        return (await Promise.all([wordsOf(engine, suspect, name, signal), healthOf(engine, suspect, name, signal)])).flat();
      }),
    );
    return { lines: told.flat() };
  });
