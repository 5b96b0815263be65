import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import { RunError } from "../../machines/errors.js";
import type { Abra } from "./abra.js";

/** The chart has the budgets; this only bounds a child that the chart lost sight of. */
const limitMs = 10 * 60_000;

const refused = (code: string, message: string, said: string): RunError =>
  new RunError(code, `${message}: ${said}`, { hint: "The run's log has all of abra's output.", exitCode: 1 });

/** `abra app new`, as the recipe's tree stands: --chaos keeps abra from checking out its newest release. */
export const createApp = (abra: Abra, server: string): DeployPorts["createApp"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    const args = ["app", "new", app.recipe, "--no-input", "--offline", "--chaos", `--server=${server}`, `--domain=${app.domain}`];
    const { fatal } = await abra(args, { signal, limitMs });
    if (fatal !== null) throw refused("app-new-failed", `abra could not create ${app.domain}`, fatal);
  });

/** Accepted is all that it means; whether the app comes up is for our own watch. `onSubmit` counts it, before it happens. */
export const submitDeploy = (abra: Abra, onSubmit: () => void): DeployPorts["submitDeploy"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    onSubmit();
    const args = ["app", "deploy", app.domain, "--no-input", "--offline", "--chaos", "--no-domain-checks", "--no-converge-checks"];
    const { fatal } = await abra(args, { signal, limitMs });
    if (fatal !== null) throw refused("deploy-refused", `abra could not deploy ${app.domain}`, fatal);
  });
