import type { Failure } from "../vocabulary.js";
import type { DeployContext, ServiceSnapshot } from "./deploy.types.js";

const describeService = (service: ServiceSnapshot): readonly string[] => [
  `${service.name}: ${service.running} of ${service.wanted} running${service.update === null ? "" : `, update ${service.update}`}`,
  ...service.tasks.flatMap((task) => (task.error === null ? [] : [`  ${task.state}: ${task.error}`])).slice(-3),
  ...service.logTail.slice(-5).map((line) => `  ${line}`),
];

const hints: Record<string, string> = {
  converging: "Raise timeouts.deploy in the recipe's recipe.yml if the app is only slow to start.",
  probing: "The services run but nothing answers: check `reach` in the recipe's recipe.yml and the app's health check.",
  prepulling: "Pull the images by hand once, or check the registry's rate limit.",
};

/** Why a phase of the deploy took too long, as far as the last look at the stack tells. */
export const overrunFailure = (phase: string, context: DeployContext): Failure =>
  context.unreadable !== null
    ? context.unreadable
    : {
        code: `deploy-${phase}-overrun`,
        message: `${context.app.domain} was not up in time: ${phase} took too long`,
        hint: hints[phase] ?? "The run's log has what abra and docker said.",
        exitCode: 1,
        details: (context.snapshot?.services ?? [])
          .filter((service) => phase !== "converging" || service.running < service.wanted || service.update !== null)
          .flatMap(describeService),
      };
