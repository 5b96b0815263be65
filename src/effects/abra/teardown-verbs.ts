import { fromPromise } from "xstate";
import { RunError } from "../../machines/errors.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import { saysNotDeployed, saysUnknownApp } from "./abra-texts.js";
import type { Abra } from "./abra.js";
import type { AssertOwnEnv } from "./own-env.js";

/** Longer than any of abra's own retries (1 + 4 + 9 + 16 s); the chart's budget is what usually ends a hang. */
const limitMs = 120_000;

const refused = (verb: string, said: string): RunError =>
  new RunError("abra-refused", `abra ${verb}: ${said}`, {
    hint: "The rest is removed through docker; the run's log has abra's output.",
    exitCode: 1,
  });

export interface TeardownVerbSettings {
  readonly abra: Abra;
  /** Rejects where the app's .env is about another app: the step then fails, and docker does by our own stack's name what is left. */
  readonly assertOwnEnv: AssertOwnEnv;
}

/** One verb on one app; what abra does not know is gone already. */
const verb = ({ abra, assertOwnEnv }: TeardownVerbSettings, name: string, args: (target: TeardownTarget) => readonly string[]) =>
  fromPromise<void, TeardownTarget>(async ({ input, signal }) => {
    assertOwnEnv(input);
    const { fatal } = await abra(args(input), { signal, limitMs });
    if (fatal !== null && !saysNotDeployed(fatal) && !saysUnknownApp(fatal)) throw refused(name, fatal);
  });

/** Returns when abra does: containers and networks may outlive it by seconds. */
export const undeployApp = (settings: TeardownVerbSettings): TeardownPorts["undeployApp"] =>
  verb(settings, "app undeploy", ({ domain }) => ["app", "undeploy", domain, "--no-input", "--offline"]);

export const removeVolumes = (settings: TeardownVerbSettings): TeardownPorts["removeVolumes"] =>
  verb(settings, "app volume remove", ({ domain }) => ["app", "volume", "remove", domain, "--no-input", "--offline"]);

/** --chaos: without it abra checks the recipe's tree and may fetch it anew to remove a secret. */
export const removeSecrets = (settings: TeardownVerbSettings): TeardownPorts["removeSecrets"] =>
  verb(settings, "app secret remove", ({ domain }) => ["app", "secret", "remove", domain, "--all", "--no-input", "--offline", "--chaos"]);

export const removeApp = (settings: TeardownVerbSettings): TeardownPorts["removeApp"] =>
  verb(settings, "app remove", ({ domain }) => ["app", "remove", domain, "--no-input", "--offline"]);
