import { dirname, join } from "node:path";
import { fromEventObservable } from "xstate";
import { drainAll, drainJanitor } from "../../effects/children/drain-ports.js";
import { carriedCookies } from "../../effects/children/survivors.js";
import { assertSwarm } from "../../effects/docker/assert-swarm.js";
import { DepsFile } from "../../effects/deps/deps-file.js";
import { handOver } from "../../effects/deps/hand-over.js";
import { findRemains } from "../../effects/ledger/find-remains.js";
import { gatherEvidence } from "../../effects/docker/gather-evidence.js";
import { lookUntilAnswered } from "../../effects/docker/look-at-stack.js";
import { assertAbra } from "../../effects/abra/assert-abra.js";
import { awaitRelease } from "../../effects/hold/await-release.js";
import { cookiesLeft } from "../../effects/janitor/reap-ports.js";
import { lockPath } from "../../effects/lock/lock-file.js";
import { holdLock } from "../../effects/lock/hold-lock.js";
import { nodesNow } from "../../effects/nodes/nodes.js";
import { reclaimLocks } from "../../effects/lock/reclaim-locks.js";
import { limitOutput } from "../../effects/tier/own/logged-output.js";
import { findNobody, type Nobody } from "../../effects/tier/own/nobody.js";
import { rememberPrograms, type OwnFolders } from "../../effects/tier/own/programs.js";
import { OwnActs } from "../../effects/tier/own/own-acts.js";
import type { OwnCode } from "../../effects/tier/own/run-program.js";
import type { TierSettings } from "../../effects/tier/run-tier.js";
import { prepareRecipe } from "../../effects/recipe/prepare-recipe.js";
import type { Manifest } from "../../effects/recipe/manifest.js";
import type { RunRecord } from "../../effects/record/run-record.js";
import type { Stops } from "../../effects/stops/stops.js";
import type { ReportSettings } from "../../effects/report/write-report.js";
import { writeReport } from "../../effects/report/write-report.js";
import { sayChanges } from "../../effects/tier/say-changes.js";
import { defaultBudgets, leftForWorkMs } from "../../machines/budgets.js";
import { depsMachine } from "../../machines/deps/deps.machine.js";
import { teardownsMachine } from "../../machines/teardowns/teardowns.machine.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import { runMachine } from "../../machines/run/run.machine.js";
import type { Prepared } from "../../machines/run/run.types.js";
import type { App, Domain, LockCard } from "../../machines/vocabulary.js";
import { appsOf } from "../run/run-apps.js";
import type { RunSettings } from "../settings/run-settings.js";
import { provideDeploy, type DeployWiring, provideTier } from "./app-providers.js";
import { provideJanitor, provideTeardown } from "./cleaning-providers.js";
import type { Host } from "./host.js";
import { later } from "./later.js";
import { operatorDirIn, ownCodeDir, prepareSettingsIn } from "./prepare-settings.js";

export interface RunWiring extends Pick<TierSettings, "onTest" | "onCut"> {
  readonly host: Host;
  readonly settings: RunSettings;
  readonly runDir: string;
  readonly record: RunRecord;
  readonly stops: Stops;
  /** Until the run's deadline. ms */
  readonly leftMs: () => number;
  /** The launcher's pid, if there is a launcher. */
  readonly launcher: string | undefined;
  readonly report: ReportSettings;
  readonly note: (line: string) => void;
  /** Called before the run begins and before each act; throws if the run's record is not on disk. */
  readonly mustBeOnDisk: () => void;
  readonly onPrepared: (prepared: Prepared, manifest: Manifest) => void;
  /** Called when an app's lock is ours, with the card of the holder before us. */
  readonly onHeld: (previous: LockCard | null, domain: Domain) => void;
  readonly takePicture: RunPorts["takePicture"];
}

const providePrepare = (wiring: RunWiring, remember: (prepared: Prepared) => void) => {
  const { host, settings, mustBeOnDisk, onPrepared } = wiring;
  return prepareRecipe({
    ...prepareSettingsIn(wiring),
    assertHost: async (signal) => {
      mustBeOnDisk();
      // abra first: what the engine's client needs is loaded while abra starts.
      await Promise.all([
        assertAbra(host.abra("work"), signal),
        assertSwarm(host.engine("work"), signal).then(() => host.assertDriver(true, signal)),
      ]);
    },
    onPrepared: (prepared, manifest) => {
      remember(prepared);
      onPrepared(prepared, manifest);
    },
    leftMs: () => leftForWorkMs(wiring.leftMs(), settings.deadlineMs, defaultBudgets),
  });
};

/** In the sandbox, a hook that calls abra or docker must get the stand-ins, never this machine's own. */
const standInsFirst = ({ sandbox, abra }: RunSettings): Readonly<Record<string, string>> =>
  sandbox === null ? {} : { PATH: `${dirname(abra)}:${process.env["PATH"] ?? ""}` };

/** The recipe's own programs. After `remember`, a program of a prepared app that is missing is an error. */
const ownCode = (wiring: RunWiring, depsFile: DepsFile): { readonly code: OwnCode; readonly remember: (prepared: Prepared) => void } => {
  const { host, settings, runDir } = wiring;
  const operatorDirOf = operatorDirIn(runDir, settings.recipe);
  const log = host.log.child({ actor: "tier" });
  let nobody: Nobody | null | undefined;
  const foldersOf = ({ recipe }: Pick<App, "recipe">): OwnFolders => ({
    operatorDir: operatorDirOf({ recipe }),
    recipeDir: recipe === settings.recipe ? ownCodeDir(runDir) : null,
  });
  const assertsOf = new Map<string, () => void>();
  const code: OwnCode = {
    scope: host.registry.scope("work"),
    runDir,
    acts: new OwnActs(),
    foldersOf: (app) => {
      assertsOf.get(app.recipe)?.();
      return foldersOf(app);
    },
    nobody: () => (nobody === undefined ? (nobody = findNobody()) : nobody),
    env: (app, url) => ({ ...host.env(app, url), ...standInsFirst(settings), ...depsFile.environment() }),
    onOutput: limitOutput((program, text) => log.info({ program }, text.trimEnd())),
  };
  return { code, remember: (prepared) => appsOf(prepared).forEach((app) => assertsOf.set(app.recipe, rememberPrograms(foldersOf(app)))) };
};

/** What the deploys and tiers of the run's apps share. */
const deployWiringOf = (wiring: RunWiring, code: OwnCode, depsFile: DepsFile): DeployWiring => {
  const { settings, runDir, record, leftMs, note, mustBeOnDisk } = wiring;
  return {
    code,
    runId: record.current.runId,
    abraDir: join(runDir, "abra"),
    operatorDirOf: operatorDirIn(runDir, settings.recipe),
    onSecrets: (app, secrets) => depsFile.learn(app, secrets),
    mustBeOnDisk,
    say: note,
    sayReach: sayChanges(note),
    leftMs: () => leftForWorkMs(leftMs(), settings.deadlineMs, defaultBudgets),
    onSubmit: () => record.patch({ deploys: record.current.deploys + 1 }),
  };
};

const remainsOf = ({ host, settings, runDir, record }: RunWiring): RunPorts["findRemains"] =>
  findRemains({
    engine: host.engine("work"),
    ledgers: host.ledgers,
    runsDir: settings.runsDir,
    serversDir: host.serversDir,
    runDir,
    hasFolder: () => record.hasFolder,
    // A run that ended well leaves its cookie on the card but no process that carries it, so there is nothing to recover from.
    cookiesOf: ({ domain }, previous) =>
      carriedCookies(cookiesLeft(lockPath(settings.lockDir, domain), previous).filter((cookie) => cookie !== host.cookie)),
    nodes: (signal) => (settings.sandbox === null ? nodesNow(host.engine("work"), signal) : Promise.resolve([])),
  });

/** The run's chart with an effect behind each of its ports. */
export const provideRun = (wiring: RunWiring): typeof runMachine => {
  const { host, settings, runDir, record, stops, leftMs, onTest, onCut } = wiring;
  const { registry, held } = host;
  const card = (): LockCard => ({
    runId: record.current.runId,
    pid: process.pid,
    runDir,
    link: settings.link,
    since: null,
  });
  const engine = host.engine("work");
  const depsFile = new DepsFile({ runDir, serverDir: join(host.serversDir, settings.server) });
  const { code, remember } = ownCode(wiring, depsFile);
  const deployWiring = deployWiringOf(wiring, code, depsFile);
  return runMachine.provide({
    delays: {
      deadline: ({ context }) => Math.max(1, context.deadlineAt - performance.now()),
    },
    actors: {
      stops: fromEventObservable(() => stops.stops),
      prepareRecipe: providePrepare(wiring, remember),
      janitor: later(() => provideJanitor(host, false)),
      drainJanitor: drainJanitor(host),
      holdLock: holdLock({ dir: settings.lockDir, held, card, onPrevious: wiring.onHeld }),
      findRemains: remainsOf(wiring),
      recoverTeardown: later(() => provideTeardown(host, "work", null)),
      deps: later(() => depsMachine.provide({ actors: { deploy: provideDeploy(host, deployWiring), handOver: handOver(depsFile) } })),
      deploy: later(() => provideDeploy(host, deployWiring)),
      tier: later(() => provideTier(host, deployWiring, { probe: { engine, trust: host.trust }, code, onTest, onCut })),
      lookAtStack: lookUntilAnswered(engine, () => record.current.deploys),
      takePicture: wiring.takePicture,
      gatherEvidence: gatherEvidence(engine, code.acts),
      awaitRelease: awaitRelease({ engine, launcher: wiring.launcher, leftMs, say: wiring.note }),
      reclaimLock: reclaimLocks({ lockDir: settings.lockDir, held, scope: registry.scope("work") }),
      teardowns: later(() => teardownsMachine.provide({ actors: { teardown: provideTeardown(host, "teardown", "work") } })),
      drainAll: drainAll(host),
      writeReport: writeReport(wiring.report),
    },
  });
};
