import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { formatDuration } from "../../machines/duration.js";
import { messageOf } from "../../machines/errors.js";
import { hasDied } from "../../machines/convergence/service-facts.js";
import type { StackSnapshot } from "../../machines/convergence/stack.types.js";
import type { StackName } from "../../machines/vocabulary.js";
import { suspectsOf, type Suspect } from "../../machines/convergence/suspects.js";
import { endOf, taskName } from "../../machines/convergence/task-words.js";
import type { SettlePorts } from "../../machines/settle/settle.ports.js";
import { redact } from "../redact.js";
import type { OwnActs } from "../tier/own/own-acts.js";
import type { Engine } from "./engine.js";
import type { Container } from "./engine-schema.js";
import { outsideEndOf } from "./outside-end.js";
import { imageRemoved } from "./image-removed.js";
import { lookDoubting } from "./look-at-stack.js";
import { serviceChanges } from "./service-changes.js";
import { taskLog } from "./task-log.js";
import { withoutAddresses } from "./without-addresses.js";

const wordsOfSuspects = 15;
const wordsOfOthers = 5;
const outputMax = 600;

const wordsOf = async (engine: Engine, { task, isFine }: Suspect, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  if (task.container === null) return [];
  try {
    const lines = await taskLog(engine, task.id, isFine ? wordsOfOthers : wordsOfSuspects, signal);
    const end = task.exitCode === null ? "" : ` (${endOf(task)})`;
    return lines.length === 0
      ? [`${name}${end} has printed nothing`]
      : [`last words of ${name}${end}:`, ...lines.map((line) => `  ${line}`)];
  } catch (error) {
    return [`the log of ${name} cannot be read: ${messageOf(error)}`];
  }
};

/** What the container itself shows. Only its own node has it, and only until its task is forgotten. */
const containerOf = async (engine: Engine, id: string, signal: AbortSignal): Promise<Container | null> => {
  try {
    return await engine.json<Container>("GET", `/containers/${id}/json`, { signal });
  } catch {
    return null;
  }
};

const healthOf = ({ State: state }: Container, name: string): readonly string[] => {
  // A health check that passed says nothing about a death.
  const checked = state?.Health?.Log?.findLast(({ ExitCode }) => ExitCode !== 0);
  const output = redact(checked?.Output ?? "")
    .trim()
    .slice(-outputMax);
  return [
    ...(state?.OOMKilled === true ? [`${name} was killed because it ran out of memory`] : []),
    ...(state?.Health?.Status === "starting" && (state.Health.Log ?? []).length === 0
      ? [`health check of ${name}: it has not ended once; docker starts it when its interval is over, and each time again`]
      : []),
    ...(checked === undefined
      ? []
      : [`health check of ${name}: exit code ${checked.ExitCode ?? "none"}${output === "" ? ", and no output" : ""}`]),
    ...output
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-5)
      .map((line) => `  ${line}`),
  ];
};

const betweenTriesMs = 500;
/** How long a daemon may be away: less than the chart's budget for all the evidence. ms */
const awayAtMostMs = 8_000;

/**
 * A look that believes no Swarm whose daemon stops or restarts just then, and waits for that: it may be the reason of
 * it all. Rejects with what docker said last.
 */
const lookSoon = async (engine: Engine, stack: StackName, awayMs: number, signal: AbortSignal): Promise<StackSnapshot> => {
  const until = performance.now() + awayMs;
  for (;;) {
    try {
      return await lookDoubting(engine, stack, signal);
    } catch (error) {
      if (signal.aborted || performance.now() >= until) throw error;
      await pause(betweenTriesMs, undefined, { signal });
    }
  }
};

interface Told {
  readonly lines: readonly string[];
  readonly disturbed: string | null;
}

const toldBy = async (engine: Engine, suspect: Suspect, signal: AbortSignal): Promise<Told> => {
  const { task, isFine } = suspect;
  const name = taskName(suspect.service, task);
  const id = isFine ? null : task.container;
  const [words, container] = await Promise.all([
    wordsOf(engine, suspect, name, signal),
    id === null ? null : containerOf(engine, id, signal),
  ]);
  if (id === null) return { lines: words, disturbed: null };
  const hasEnded = hasDied(suspect.service, task) || task.state === "unreported";
  const end = hasEnded ? await outsideEndOf(engine, { task, name, id, container }, signal) : null;
  const lines = [...words, ...(container === null ? [] : healthOf(container, name)), ...(end?.by === "health-check" ? [end.what] : [])];
  return { lines, disturbed: end?.by === "others" ? end.what : null };
};

/** What is missing from a stack that had settled, or null. */
const goneOf = ({ services }: StackSnapshot, settled: StackSnapshot | null): string | null => {
  const gone = (settled?.services ?? []).map(({ name }) => name).filter((name) => !services.some((service) => service.name === name));
  return gone.length === 0 ? null : `somebody removed ${gone.join(", ")} under this run`;
};

/** What was asked beside the tasks, or null: the failure is then told as one of which nothing more is known. */
const ifTold = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked;
  } catch {
    return null;
  }
};

const changesShown = 8;

/**
 * Last words and health checks of the tasks that are not as they should be, and what others did to them or to their
 * services; the words of all services where none is to blame. A docker that cannot be asked any more has disturbed the
 * app as well.
 */
export const gatherEvidence = (engine: Engine, acts: OwnActs, awayMs = awayAtMostMs): SettlePorts["gatherEvidence"] =>
  fromPromise(async ({ input: { app, settled, since }, signal }) => {
    let look: StackSnapshot;
    try {
      look = await lookSoon(engine, app.stack, awayMs, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return { lines: [], disturbed: `docker could not be asked about the app for ${formatDuration(awayMs)}: ${messageOf(error)}` };
    }
    const [removed, changedSince, network, told] = await Promise.all([
      ifTold(imageRemoved(engine, look, signal)),
      since === null ? null : ifTold(serviceChanges(engine, { stack: app.stack, since, acts }, signal)),
      ifTold(withoutAddresses(engine, app.stack, signal)),
      Promise.all(suspectsOf(look, settled).map((suspect) => toldBy(engine, suspect, signal))),
    ]);
    const disturbed = goneOf(look, settled) ?? told.find((one) => one.disturbed !== null)?.disturbed ?? null;
    const changes = [...(removed ?? []), ...(changedSince ?? [])];
    const changed = changes.find(({ program }) => program === null) ?? changes[0];
    const lines = [...changes.slice(0, changesShown).map(({ what }) => what), ...told.flatMap((one) => one.lines)];
    return {
      lines,
      ...(disturbed === null ? {} : { disturbed }),
      ...(changed === undefined ? {} : { changed }),
      ...(network === null ? {} : { withoutAddresses: network }),
    };
  });
