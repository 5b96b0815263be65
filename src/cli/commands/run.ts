import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createActor } from "xstate";
import { assertSpace, spaceNeeds } from "../../effects/host/disk-space.js";
import { assertLockDir, makeLockDir } from "../../effects/lock/lock-dir.js";
import { createRunClock } from "../../effects/clock.js";
import { lastEnd } from "../../effects/janitor/reap-ports.js";
import { readAppRecord } from "../../effects/record/app-record.js";
import { openJournal } from "../../effects/record/journal.js";
import { openLog } from "../../effects/record/log.js";
import { phaseOf } from "../../effects/record/phase.js";
import { readRun } from "../../effects/record/read-runs.js";
import { pruneRuns } from "../../effects/record/prune-runs.js";
import { makeRunDir, makeRunsDir } from "../../effects/record/run-dir.js";
import { RunRecord } from "../../effects/record/run-record.js";
import { nothingObserved } from "../../effects/report/observed.js";
import { assertWritten } from "../../effects/record/assert-written.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { startWatchdog } from "../../effects/stops/exit.js";
import { assertLaunched } from "../../effects/stops/launcher-gone.js";
import { createStops } from "../../effects/stops/stops.js";
import { defaultBudgets } from "../../machines/budgets.js";
import type { Prepared } from "../../machines/run/run.types.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import { exampleRepository } from "../example.js";
import { startCompanion } from "../inspect/start-companion.js";
import type { Io } from "../io.js";
import { createRenderer } from "../render/create-renderer.js";
import { provideRun } from "../wiring/run-providers.js";
import { initialRecord } from "../run/initial-record.js";
import { describeLastEnd, rememberEnd } from "../run/previous-run.js";
import { runInput } from "../run/run-input.js";
import { installation } from "../settings/installation.js";
import type { RunSettings } from "../settings/run-settings.js";
import { supervise } from "../supervisor.js";
import { provideTeardown } from "../wiring/providers.js";
import { createHost } from "../wiring/host.js";

/** What a run may take beyond its deadline before the last resort ends the process. */
const beyondDeadlineMs = defaultBudgets.teardown + 2 * defaultBudgets.report + 60_000;

/** One run, from settings to exit code. Nothing is touched before the folders have been found usable. */
export const run = async (settings: RunSettings, io: Io): Promise<ExitCode> => {
  const launcher = io.env["RECIPE_CI_LAUNCHER"];
  const stops = createStops(launcher);
  assertLaunched(launcher);
  if (settings.sandbox !== null) makeLockDir(settings.lockDir);
  assertLockDir(settings.lockDir);
  makeRunsDir(settings.runsDir);
  assertSpace(spaceNeeds(settings));
  const sinceLaunchMs = createRunClock(io.env["RECIPE_CI_LAUNCHED_AT"]);
  const { runId, runDir } = makeRunDir(settings.runsDir, settings.runId);
  // The workspace may vanish at any moment from here on; a vanished cwd would make every spawn fail.
  process.chdir(runDir);

  const unwritten = new Set<string>();
  let say: (line: string) => void = io.err;
  /** Said once for each file, to whoever reads along: the log may lie on the same disk. */
  const onUnwritten = (name: string, error: unknown): void => {
    if (unwritten.has(name)) return;
    unwritten.add(name);
    say(`${name} could not be written: ${error instanceof Error ? error.message : String(error)}`);
  };
  const log = openLog(runDir, (error) => onUnwritten("run.log", error));
  let app: Prepared["app"] | undefined;
  const abraDir = join(runDir, "abra");
  const world = createHost({ host: settings, runId, runDir, abraDir, log, domain: () => app?.domain });
  const record = new RunRecord(runDir, initialRecord(settings, runId, world.cookie, settings.deadlineMs - sinceLaunchMs()), (error) => onUnwritten("run.json", error));
  const renderer = await createRenderer(io, settings.json, {
    runDir,
    heartbeatMs: settings.heartbeatMs,
    chart: join(installation, "statecharts", "run.svg"),
    holderState: (dir) => (dir === null ? null : (readRun(dir)?.state ?? null)),
  });
  const runLog = log.child({ actor: "run" });
  const note = (line: string): void => {
    runLog.info(line);
    renderer.note(line);
  };
  say = renderer.note;
  /** Links in it are removed as links. */
  const dropClone = async (): Promise<void> => {
    if (!settings.keep) await rm(abraDir, { recursive: true, force: true }).catch(() => note(`${abraDir} could not be removed`));
  };
  const mustBeOnDisk = (): void => assertWritten(record.trouble ?? journal.trouble());
  let step: string | null = null;
  const path: string[] = [];
  const chartFile = join(installation, "statecharts", "run.svg");
  const chart = bestEffort(() => readFileSync(chartFile, "utf8"));
  const journal = openJournal(runDir, {
    onRunState: (state) => {
      const leaf = state[0] ?? "";
      record.enter(leaf, phaseOf(leaf));
      step = null;
      path.push(`run.${leaf}`);
    },
    onStep: (actor, state) => {
      if (!shownActors.has(actor)) return;
      // `converging`, wherever the chart has it.
      step = state[0]?.replace(/^watching\./, "") ?? null;
      show();
    },
    onTrouble: (error) => onUnwritten("events.jsonl", error),
  });
  note(`run ${runId} of ${settings.recipe}, folder ${runDir}`);
  for (const notice of settings.notices) note(notice);
  if (settings.inspect) {
    // Not in the run's log, which more people may read: whoever has the address may look.
    const say = (address: string | null): void => renderer.note(address === null ? "the inspector did not start; the run goes on" : `watch it at ${address}`);
    void startCompanion({ runDir, installation }).then(say);
  }

  const machine = provideRun({
    world,
    settings,
    runDir,
    record,
    stops,
    sinceLaunchMs,
    repositoryOf: settings.sandbox === null ? canonicalRepository : exampleRepository(settings.sandbox, world.registry.scope("work")),
    report: { runDir, record: () => record.current, plan: () => null, observed: () => nothingObserved, chart, path: () => path, makeRoom: dropClone, onUnwritten },
    mustBeOnDisk,
    note,
    onPrepared: (prepared) => {
      app = prepared.app;
      record.patch({ ref: app.commit, domain: app.domain, stack: app.stack });
      note(`${settings.recipe} at ${app.commit.slice(0, 12)} as ${app.domain}`);
    },
    onHeld: (previous) => {
      if (app === undefined) return;
      const last = describeLastEnd(lastEnd(previous, readAppRecord(settings.runsDir, app.domain)));
      if (last !== null) note(last);
    },
    onTest: renderer.onTest,
  });
  const actor = createActor(machine, { id: "run", input: runInput(settings, runId), inspect: journal.inspect });
  const show = (): void => renderer.onSnapshot(actor.getSnapshot(), record.current, step);
  actor.subscribe({ next: show, error: () => undefined });
  const stopWatchdog = startWatchdog(Math.max(1, settings.deadlineMs - sinceLaunchMs()) + beyondDeadlineMs);

  const output = await supervise(actor, {
    killChildren: () => world.registry.killAll(),
    owned: () => (app !== undefined && world.held.isStillMine(app.domain) ? { domain: app.domain, stack: app.stack } : null),
    cookie: world.cookie,
    teardown: provideTeardown(world, "rescue", "work"),
    budgets: defaultBudgets,
    note,
    onBug: (error) => runLog.error({ err: error }, "an internal error"),
  });
  journal.close();
  await dropClone();
  if (output.verdict.kind === "failed") runLog.error({ failure: output.verdict.failure }, output.verdict.failure.message);
  record.close(output.verdict, output.cleanliness, output.exitCode);
  if (app !== undefined && output.cleanliness.kind === "clean") world.ledgers.close(app.domain);
  rememberEnd(settings, app, world.held.isStillMine.bind(world.held), record.current);
  renderer.finish(output, record.current);
  if (settings.keepRuns !== null) {
    const pruned = bestEffort(() => pruneRuns({ runsDir: settings.runsDir, keepNewest: settings.keepRuns ?? 0, olderThanMs: Number.NEGATIVE_INFINITY, dryRun: false, now: Date.now(), most: prunedAtOnce }));
    for (const { runId: id, why } of pruned?.failed ?? []) note(`the folder of run ${id} could not be removed: ${why}`);
  }
  stopWatchdog();
  stops.close();
  return output.exitCode;
};

/** A run's end does not wait for more: the next run goes on. */
const prunedAtOnce = 20;

/** The charts whose steps a person wants to see, under the phase that waits for them. */
const shownActors = new Set(["deploy", "teardown", "recoverTeardown"]);

const canonicalRepository = (recipe: string): string => `https://git.coopcloud.tech/coop-cloud/${recipe}.git`;
