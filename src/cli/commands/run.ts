import { closeSync, readFileSync } from "node:fs";
import { createActor } from "xstate";
import { createRunClock } from "../../effects/clock.js";
import { openTerminal } from "../../effects/hold/terminal.js";
import { lastEnd } from "../../effects/janitor/reap-ports.js";
import { readAppRecord } from "../../effects/record/app-record.js";
import { assertWritten } from "../../effects/record/assert-written.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { startWatchdog } from "../../effects/stops/exit.js";
import { assertLaunched } from "../../effects/stops/launcher-gone.js";
import { createStops } from "../../effects/stops/stops.js";
import { beyondDeadlineMs, defaultBudgets } from "../../machines/budgets.js";
import { RunError } from "../../machines/errors.js";
import type { Domain, ExitCode, LockCard } from "../../machines/vocabulary.js";
import { startCompanion } from "../run/start-companion.js";
import type { Io } from "../io.js";
import { closeRun, dropClone } from "../run/close-run.js";
import { observeRun } from "../run/observe-run.js";
import { assertFolders, chartPicture, openRun, type OpenRun } from "../run/open-run.js";
import { describeLastEnd } from "../run/previous-run.js";
import { appsOf } from "../run/run-apps.js";
import { afterLostFolder } from "../run/lost-folder.js";
import { runInput } from "../run/run-input.js";
import { keepYoungSpaceSmall } from "../run/young-space.js";
import { installation } from "../settings/installation.js";
import type { RunSettings } from "../settings/run-settings.js";
import { supervise, type Rescue } from "../supervisor.js";
import { createBeside, type Beside } from "../wiring/beside.js";
import { later } from "../wiring/later.js";
import { provideTeardown } from "../wiring/cleaning-providers.js";
import { provideRun, type RunWiring } from "../wiring/run-providers.js";

const announce = (settings: RunSettings, { runId, runDir, renderer, note }: OpenRun): void => {
  note(`run ${runId} of ${settings.recipe}, folder ${runDir}`);
  for (const notice of settings.notices) note(notice);
  if (!settings.inspect) return;
  // Not in the run's log, which more people may read: whoever has the address can watch.
  const say = (address: string | null): void =>
    renderer.note(address === null ? "the inspector did not start; the run goes on" : `watch it at ${address}`);
  void startCompanion({ runDir, installation }).then(say);
};

/** Says how the app's last run ended, if that is known. */
const tellLastEnd =
  ({ runsDir }: RunSettings, { prepared, note }: OpenRun) =>
  (previous: LockCard | null, domain: Domain): void => {
    const last = domain !== prepared()?.app.domain ? null : describeLastEnd(lastEnd(previous, readAppRecord(runsDir, domain)));
    if (last !== null) note(last);
  };

const rescueOf = ({ host, prepared, note, log }: OpenRun): Rescue => ({
  killChildren: () => host.registry.killAll(),
  owned: () => appsOf(prepared()).filter(({ domain }) => host.held.isStillMine(domain)),
  cookie: host.cookie,
  teardown: later(() => provideTeardown(host, "rescue", "work")),
  budgets: defaultBudgets,
  note,
  onBug: (error) => log.error({ err: error }, "an internal error"),
});

/** Throws if the app is to be held but nobody could release it. */
const assertWatched = ({ hold }: RunSettings, launcher: string | undefined): void => {
  if (hold === "never") return;
  const terminal = openTerminal(launcher);
  if (terminal === null)
    throw new RunError("bad-setting", "--hold needs a terminal, and stdin is none", {
      hint: "Start the run at a terminal, or leave --hold out.",
    });
  closeSync(terminal);
};

/** Each test of a tier is shown to people and kept for the report. */
const tellTests = ({ renderer }: OpenRun, beside: Beside): Pick<RunWiring, "onTest" | "onCut"> => ({
  onTest: (tier, result) => {
    renderer.onTest(tier, result);
    beside.onTest(tier, result);
  },
  onCut: (tier, left) => {
    for (const test of left) renderer.onTest(tier, { ...test, name: `${test.name}: ${test.message}` });
    beside.onCut(tier, left);
  },
});

/** Throws, before anything is touched, if the run could not begin, be ended or be released. */
const assertUsable = (settings: RunSettings, launcher: string | undefined): void => {
  assertLaunched(launcher);
  assertFolders(settings);
  assertWatched(settings, launcher);
};

/** What the run's report is made of. The chart's picture is read now, because it may be gone by the end of the run. */
const reportOf = (settings: RunSettings, opened: OpenRun, beside: Beside, path: () => readonly string[]): RunWiring["report"] => {
  const { runDir, record } = opened;
  return {
    runDir,
    record: () => record.current,
    hasFolder: () => record.hasFolder,
    observed: () => ({ ...beside.observed(), customization: opened.manifest() }),
    chart: bestEffort(() => readFileSync(chartPicture, "utf8")),
    path,
    makeRoom: () => dropClone(settings, opened),
    onUnwritten: opened.onUnwritten,
  };
};

/** One run, from settings to exit code. Touches nothing before it has found the folders usable. */
export const run = async (settings: RunSettings, io: Io): Promise<ExitCode> => {
  const launcher = io.env["RECIPE_CI_LAUNCHER"];
  const stops = createStops(launcher);
  assertUsable(settings, launcher);
  const deadlineAt = performance.now() + settings.deadlineMs - createRunClock(io.env["RECIPE_CI_LAUNCHED_AT"])();
  const leftMs = (): number => deadlineAt - performance.now();

  const opened = await openRun(settings, io, leftMs);
  const { runDir, host, record } = opened;
  const beside = createBeside({ host, settings, runDir, leftMs });
  const { journal, path, follow } = observeRun(opened, beside.onState);
  const report = reportOf(settings, opened, beside, path);
  announce(settings, opened);

  const machine = provideRun({
    host,
    settings,
    runDir,
    record,
    stops,
    leftMs,
    launcher,
    report,
    mustBeOnDisk: () => assertWritten(record.trouble ?? journal.trouble()),
    note: opened.note,
    onPrepared: (prepared, manifest) => {
      keepYoungSpaceSmall();
      opened.onPrepared(prepared, manifest);
      beside.onPrepared(prepared);
    },
    takePicture: beside.takePicture,
    onHeld: tellLastEnd(settings, opened),
    ...tellTests(opened, beside),
  });
  const actor = createActor(machine, { id: "run", input: runInput(settings, opened.runId, deadlineAt), inspect: journal.inspect });
  follow(actor);
  const stopWatchdog = startWatchdog(Math.max(1, leftMs()) + beyondDeadlineMs);

  const ended = await supervise(actor, rescueOf(opened));
  const output = record.hasFolder ? ended : afterLostFolder(ended, runDir);
  journal.close();
  await closeRun(settings, opened, output);
  stopWatchdog();
  stops.close();
  return output.exitCode;
};
