import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commandOf, signal } from "../support/drone/processes.js";
import { describeFindings, findLeaksAtRest, judgeRuns } from "../support/oracle/oracle.js";
import type { Harm as Deed } from "../support/oracle/records.js";
import { accountsIn } from "../support/oracle/run-files.js";
import type { Finding } from "../support/oracle/world.js";
import type { World } from "../support/worlds/world.js";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.js";
import { inflict } from "./inflict.js";
import { janitorPass } from "../support/worlds/janitor-pass.js";
import { describePlan, mayHang, type BatchPlan, type RunPlan } from "./plan.js";
import { randomOf } from "./random.js";
import { Timeline } from "./timeline.js";
import { judgeTraces } from "./traces.js";
import { killVictim, startVictim, type Victim } from "./victim.js";

export interface BatchEnd {
  readonly harmed: number;
  readonly green: number;
  readonly findings: readonly Finding[];
  /** For a failure: plan, deeds and what the runs tell, in order of time. */
  readonly story: string;
  /** Takes the batch's own disk away, if it had one: with the runs' files, so after the last look at them. */
  readonly unmount: () => void;
}

const atOnce = 4;
/** Longer than any run that makes progress. */
const runLimitMs = 150_000;
const hangPatienceMs = 12_000;

interface Fate {
  readonly victim: Victim;
  readonly deed: Deed | null;
  readonly findings: readonly Finding[];
}

const isOver = (victim: Victim): boolean => victim.code() !== undefined && victim.alive().length === 0;

/** A run that an abra without an end keeps is told to stop: its own budget for that is minutes. */
const nudge = async (victim: Victim, timeline: Timeline, given: Deed | null, at: number): Promise<Deed | null> => {
  while (!isOver(victim) && performance.now() < at) await pause(25);
  if (isOver(victim)) return given;
  const pids = victim.pidsOf("program", randomOf(0));
  timeline.note(victim.plan.id, `it may hang: SIGTERM to program ${pids.join(" ")}`);
  const stoppedAt = Date.now();
  for (const pid of pids) signal(pid, "SIGTERM");
  return given?.stoppedAt == null ? { killed: given?.killed ?? false, stoppedAt } : given;
};

const live = async (plan: RunPlan, batch: BatchPlan, world: World, timeline: Timeline): Promise<Fate> => {
  const victim = startVictim(plan, world);
  timeline.note(plan.id, `started, ${plan.recipe} PR ${plan.pr}`);
  const random = randomOf(batch.seed ^ (batch.number * 7_919) ^ plan.pr);
  const began = performance.now();
  const inflicted = await inflict(victim, random, timeline, mayHang(batch) ? hangPatienceMs : runLimitMs);
  const deed = mayHang(batch) ? await nudge(victim, timeline, inflicted, began + hangPatienceMs) : inflicted;
  while (!isOver(victim) && performance.now() < began + runLimitMs) await pause(25);
  timeline.note(plan.id, `its launcher ended with ${victim.code() ?? "a signal"}`);
  if (isOver(victim)) return { victim, deed, findings: [] };
  const left = victim
    .alive()
    .map((pid) => `${pid} (${commandOf(pid)})`)
    .join(", ");
  killVictim(victim);
  return { victim, deed, findings: [{ kind: "process", what: `${plan.id} did not end within ${runLimitMs} ms: ${left}` }] };
};

/** Nobody did anything to it, nor to the world: it has to be green. */
const mustBeGreen = (batch: BatchPlan, { deed, victim }: Fate): boolean =>
  batch.faults.length === 0 &&
  batch.fullDisk === null &&
  (deed === null || (deed.stoppedAt === null && !deed.killed && victim.plan.harm.kind === "freeze"));

const judgeCodes = (batch: BatchPlan, fates: readonly Fate[], world: World): readonly Finding[] => {
  const codes = new Map(accountsIn(world.oracle.runsDir).map(({ record }) => [record?.["runId"], record?.["exitCode"]]));
  return fates.flatMap((fate): readonly Finding[] => {
    const { plan, code, output } = fate.victim;
    const [told, own] = [code(), codes.get(plan.id)];
    if (mustBeGreen(batch, fate) && told !== 0)
      return [{ kind: "verdict", what: `${plan.id}, to whom nothing was done, ended with ${String(told)}:\n${output().slice(-1_500)}` }];
    // A launcher that a signal ended tells no code; one whose program was killed between its record's end and its own tells of the kill.
    if (typeof own !== "number" || typeof told !== "number" || told === own || (fate.deed?.killed === true && told === 137)) return [];
    return [{ kind: "verdict", what: `${plan.id}: its record says ${own}, its launcher ended with ${told}` }];
  });
};

/** Small enough to be full at once, large enough for a batch's runs. */
const diskSize = "48m";

const fillFor = async (disk: SmallDisk, { fromMs, forMs }: NonNullable<BatchPlan["fullDisk"]>, timeline: Timeline): Promise<void> => {
  await pause(fromMs);
  timeline.note("disk", "full");
  disk.fill();
  await pause(forMs);
  timeline.note("disk", "free again");
  disk.free();
};

/** All runs of a batch, a few at a time, as the plan has them; then one pass of the janitor; then the oracle. */
export const runBatch = async (batch: BatchPlan, world: World, { withJanitor = true } = {}): Promise<BatchEnd> => {
  const timeline = new Timeline();
  if (batch.faults.length > 0) writeFileSync(join(world.root, "faults.json"), JSON.stringify(batch.faults));
  const disk = batch.fullDisk === null ? null : mountSmallDisk(world.oracle.runsDir, diskSize);
  const filled = disk === null || batch.fullDisk === null ? undefined : fillFor(disk, batch.fullDisk, timeline);
  const fates: Fate[] = [];
  const waiting = [...batch.runs];
  const worker = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) fates.push(await live(plan, batch, world, timeline));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await filled;
  rmSync(join(world.root, "faults.json"), { force: true });

  const findings = fates.flatMap((fate) => fate.findings);
  if (withJanitor) {
    const { code, report } = await janitorPass(world);
    timeline.note("janitor", `ended with ${String(code)}`);
    if (code !== 0) findings.push({ kind: "record", what: `the janitor ended with ${String(code)}:\n${report}` });
  }
  const deeds = new Map(fates.map(({ victim, deed }) => [victim.plan.id, deed]));
  const killedAt = new Map(
    [...deeds].flatMap(([id, deed]) => (deed?.killed === true && deed.stoppedAt !== null ? [[id, deed.stoppedAt] as const] : [])),
  );
  const diskWasFull = batch.fullDisk !== null;
  const harmOf = (id: string): Deed => ({ ...(deeds.get(id) ?? { stoppedAt: null, killed: false }), diskWasFull });
  findings.push(
    ...(await findLeaksAtRest(world.oracle)),
    ...judgeRuns(world.oracle, { harmOf, killedAt }),
    ...judgeCodes(batch, fates, world),
  );
  // On a full disk lines were given up, so a trace has gaps.
  if (!diskWasFull) findings.push(...(await judgeTraces(world)));
  return {
    harmed: [...deeds.values()].filter((deed) => deed !== null).length,
    green: fates.filter(({ victim }) => victim.code() === 0).length,
    findings,
    unmount: () => disk?.remove(),
    story: [
      `seed ${batch.seed}, batch ${batch.number}; its world is ${world.root}`,
      ...batch.runs.map(describePlan),
      ...(batch.faults.length === 0 ? [] : [`faults: ${JSON.stringify(batch.faults)}`]),
      timeline.tell(world.oracle.runsDir),
      describeFindings(findings),
    ].join("\n"),
  };
};
