import { setTimeout as pause } from "node:timers/promises";
import { judgeStack, unsettledServices } from "../../machines/convergence/judge-stack.js";
import { follow, watchFromNow } from "../../machines/convergence/stack-watch.js";
import { describeService } from "../../machines/convergence/task-words.js";
import { formatDuration } from "../../machines/duration.js";
import type { App } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { lookAtStack } from "../docker/look-at-stack.js";
import type { BuiltInTest, OperationWiring } from "./operation.js";
import { judgeHealth, urlTarget } from "./health.js";
import { servicesOf } from "./reach.js";

type Looking = Pick<OperationWiring, "engine" | "trust">;

/** The labels that abra puts on the service `app`, without the prefix `coop-cloud.<stack>.`. */
export const abraLabels = async (engine: Engine, app: App, signal: AbortSignal): Promise<Readonly<Record<string, string>>> => {
  const labels = (await servicesOf(engine, app, signal)).find(({ Spec }) => Spec.Name === `${app.stack}_app`)?.Spec.Labels ?? {};
  const prefix = `coop-cloud.${app.stack}.`;
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
  );
};

/** Whether a label names the commit. abra shortens it and adds `+U` for a tree with untracked files, such as our overlay. */
const isCommit = (label: string | undefined, commit: string): boolean => {
  const short = label?.replace(/\+U$/, "") ?? "";
  return short.length >= 7 && commit.startsWith(short);
};

export const isConverged = ({ engine }: Looking): BuiltInTest => ({
  name: "every service is converged",
  holds: async ({ app, settings: { convergence: rules } }, signal) => {
    const watch = follow(watchFromNow, await lookAtStack(engine, app.stack, signal), rules);
    const judgement = judgeStack(watch, rules);
    if (judgement.kind === "settled") return null;
    if (judgement.kind === "failed") return [judgement.failure.message, ...judgement.failure.details].join("\n");
    return unsettledServices(watch, rules)
      .flatMap((service) => describeService(service, watch.last?.at ?? 0))
      .join("\n");
  },
});

const betweenMs = 200;

/**
 * If there is no answer, asks again for as long as `timeouts.probe` says, because one try proves nothing on a busy host. Any answer counts
 * at once.
 */
export const answersAtItsAddress = ({ trust }: Looking): BuiltInTest => ({
  name: "the app answers at its address",
  holds: async ({ app, url, settings }, signal) => {
    const { probeMs } = settings.timeouts;
    const end = performance.now() + probeMs;
    for (;;) {
      const verdict = await judgeHealth(urlTarget(app, url), settings.health, trust, signal);
      if (verdict === null) return null;
      if (verdict.kind !== "silent") return `${url}: ${verdict.why}`;
      if (performance.now() >= end) return `${url}: ${verdict.why}, asked again for ${formatDuration(probeMs)}`;
      await pause(betweenMs, undefined, { signal });
    }
  },
});

export const runsVersion = ({ engine }: Looking, name: string): BuiltInTest => ({
  name,
  holds: async ({ app, facts: { version } }, signal) => {
    const label = (await abraLabels(engine, app, signal))["chaos-version"];
    return isCommit(label, version.commit) ? null : `the label says ${label ?? "nothing"}, the commit is ${version.commit}`;
  },
});
