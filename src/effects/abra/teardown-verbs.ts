import { fromPromise } from "xstate";
import { RunError } from "../../machines/errors.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import { saysNotDeployed, saysUnknownApp } from "./abra-texts.js";
import type { Abra } from "./abra.js";
import type { AssertOwnEnv } from "./own-env.js";

/** Normally the chart's budget ends an undeploy that hangs. ms */
const limitMs = 120_000;

const refused = (said: string): RunError =>
  new RunError("abra-refused", `abra app undeploy: ${said}`, {
    hint: "The rest is removed through docker; the run's log has abra's output.",
  });

interface TeardownVerbSettings {
  readonly abra: Abra;
  /** Rejects if the app's .env is for another app. The step then fails, and docker removes our own stack's services by id. */
  readonly assertOwnEnv: AssertOwnEnv;
}

/** Resolves when abra returns: containers and networks may outlive it by seconds. If abra does not know the app, docker must remove it. */
export const undeployApp = ({ abra, assertOwnEnv }: TeardownVerbSettings): TeardownPorts["undeployApp"] =>
  fromPromise(async ({ input, signal }) => {
    assertOwnEnv(input);
    const { fatal } = await abra(["app", "undeploy", input.domain, "--no-input", "--offline"], { signal, limitMs });
    if (fatal === null) return true;
    if (saysNotDeployed(fatal) || saysUnknownApp(fatal)) return false;
    throw refused(fatal);
  });
