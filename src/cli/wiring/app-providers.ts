import type { Abra } from "../../effects/abra/abra.js";
import { createApp, submitDeploy } from "../../effects/abra/deploy-verbs.js";
import { configureApp } from "../../effects/abra/configure-app.js";
import { assertOwnEnv } from "../../effects/abra/own-env.js";
import { gatherEvidence } from "../../effects/docker/gather-evidence.js";
import { observeStack } from "../../effects/docker/observe-stack.js";
import { prepullImages, pullImages, type PullSettings } from "../../effects/docker/pull/prepull-images.js";
import { tellPulls } from "../../effects/docker/pull/pull-lines.js";
import { credentialsFor, type Credentials } from "../../effects/docker/registry-credentials.js";
import type { OperationWiring } from "../../effects/tier/operation.js";
import { runHook } from "../../effects/tier/own/hooks.js";
import { runOwn } from "../../effects/tier/own/run-own.js";
import type { OwnCode } from "../../effects/tier/own/run-program.js";
import { operate, runTier, type TierSettings } from "../../effects/tier/run-tier.js";
import { watchTime } from "../../effects/watch-time.js";
import { probeApp } from "../../effects/tier/probe-app.js";
import { deployMachine } from "../../machines/deploy/deploy.machine.js";
import { settleMachine } from "../../machines/settle/settle.machine.js";
import type { App } from "../../machines/vocabulary.js";
import { tierMachine } from "../../machines/tier/tier.machine.js";
import type { Host } from "./host.js";
import { later } from "./later.js";

export interface DeployWiring {
  readonly code: OwnCode;
  readonly runId: string;
  readonly abraDir: string;
  /** The run's own copy of the operator's folder for an app's recipe. */
  readonly operatorDirOf: (app: Pick<App, "recipe">) => string;
  /** Called with the secrets that abra generated for an app. */
  readonly onSecrets: OperationWiring["onSecrets"];
  readonly onSubmit: () => void;
  /** Throws if the run's record is not on disk. */
  readonly mustBeOnDisk: () => void;
  /** Prints what was found out, for people. */
  readonly say: (line: string) => void;
  /** Prints how apps are reached if that has changed: each deploy, change and tier asks anew. */
  readonly sayReach: (line: string) => void;
  /** Time until work must end because of the run's deadline. ms */
  readonly leftMs: () => number;
}

/** What a verb of abra does outlives us, so the record must be on disk before each. */
const onceOnDisk =
  (abra: Abra, mustBeOnDisk: () => void): Abra =>
  async (args, call) => {
    mustBeOnDisk();
    return abra(args, call);
  };

const missingImageHint = (sandbox: string | null): string =>
  sandbox === null
    ? "Pull it by hand once, or check the recipe's image and tag."
    : "The sandbox has only the examples' images: run this recipe on a Swarm, without --sandbox.";

/** The sandbox asks no registry, so it does not read the credentials that the user has stored for one. */
const credentialsOf = async (host: Host, registry: string, signal: AbortSignal): Promise<Credentials | null> =>
  host.settings.sandbox === null
    ? credentialsFor({ scope: host.registry.scope("work"), env: () => host.env(), cwd: "/" }, registry, signal)
    : null;

const pullSettings = (host: Host, say: (line: string) => void): PullSettings => ({
  engine: host.engine("work"),
  hint: missingImageHint(host.settings.sandbox),
  credentialsFor: (registry, signal) => credentialsOf(host, registry, signal),
  onProgress: tellPulls(say),
});

type AppWiring = Omit<OperationWiring, "runOwn">;

/** The effects that act on the run's app through abra, git and the recipe's tree. */
const appWiring = (host: Host, { code, runId, abraDir, operatorDirOf, onSecrets, mustBeOnDisk, say }: DeployWiring): AppWiring => {
  const { serversDir, trust } = host;
  const { server } = host.settings;
  return {
    abra: onceOnDisk(host.abra("work"), mustBeOnDisk),
    git: host.git(),
    readRecipe: host.readRecipe,
    engine: host.engine("work"),
    code,
    abraDir,
    server,
    runId,
    operatorDirOf,
    onSecrets,
    trust,
    note: say,
    pull: pullImages(pullSettings(host, say)),
    assertOwnEnv: assertOwnEnv({ serversDir, server }),
    onNamed: ({ domain }, names) => host.ledgers.name(domain, names),
  };
};

const provideSettle = ({ engine, trust }: AppWiring, wiring: DeployWiring): typeof settleMachine =>
  settleMachine.provide({
    actors: {
      observeStack: observeStack(engine),
      probeApp: probeApp({ engine, trust, note: wiring.sayReach }),
      gatherEvidence: gatherEvidence(engine, wiring.code.acts),
      watchTime: watchTime(wiring),
    },
  });

export const provideDeploy = (host: Host, wiring: DeployWiring): typeof deployMachine => {
  const app = appWiring(host, wiring);
  return deployMachine.provide({
    actors: {
      createApp: createApp(app),
      configureApp: configureApp(app),
      prepullImages: prepullImages(pullSettings(host, wiring.say)),
      submitDeploy: submitDeploy(app, wiring.onSubmit),
      settle: later(() => provideSettle(app, wiring)),
      // If this is cut, it is usually while settling, which says so itself.
      watchTime: watchTime({ ...wiring, say: () => undefined }),
    },
  });
};

export const provideTier = (host: Host, wiring: DeployWiring, settings: TierSettings): typeof tierMachine => {
  const app = appWiring(host, wiring);
  const { engine } = app;
  return tierMachine.provide({
    actors: {
      runHook: runHook(settings.code),
      operate: operate({ ...app, runOwn: runOwn(settings.code) }),
      runTier: runTier(settings),
      observeStack: observeStack(engine),
      gatherEvidence: gatherEvidence(engine, settings.code.acts),
      settle: later(() => provideSettle(app, wiring)),
      watchTime: watchTime(wiring),
    },
  });
};
