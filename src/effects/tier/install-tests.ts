import { judgeStack, unsettledServices } from "../../machines/convergence/judge-stack.js";
import { follow, watchFromNow } from "../../machines/convergence/stack-watch.js";
import type { ConvergenceRules } from "../../machines/convergence/stack.types.js";
import { describeService } from "../../machines/convergence/task-words.js";
import type { App, TestResult } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { lookAtStack } from "../docker/look-at-stack.js";
import { askApp } from "./ask-app.js";
import { urlTarget } from "./probe-app.js";
import type { ProbeSettings } from "./probe.types.js";
import { servicesOf } from "./reach.js";

interface Assertion {
  readonly name: string;
  /** Null when it holds, else why not. */
  readonly check: () => Promise<string | null>;
}

const timed = async ({ name, check }: Assertion): Promise<TestResult> => {
  const began = performance.now();
  const message = await check().catch(String);
  return { name, outcome: message === null ? "passed" : "failed", durationMs: Math.round(performance.now() - began), message };
};

const labelsOf = async (engine: Engine, app: App, signal: AbortSignal): Promise<Readonly<Record<string, string>>> =>
  (await servicesOf(engine, app, signal)).find(({ Spec }) => Spec.Name === `${app.stack}_app`)?.Spec.Labels ?? {};

/** abra shortens the commit and marks a tree with untracked files by `+U`; our overlay is such a file. */
const isCommit = (label: string | undefined, commit: string): boolean => {
  const short = label?.replace(/\+U$/, "") ?? "";
  return short.length >= 7 && commit.startsWith(short);
};

export interface InstallTestSettings extends Pick<ProbeSettings, "engine" | "trust"> {
  readonly app: App;
  readonly url: string;
  readonly rules: ConvergenceRules;
}

/** What every recipe must hold after an install: still converged, answering, and made from the commit under test. */
export const installTests = async ({ engine, trust, app, url, rules }: InstallTestSettings, signal: AbortSignal): Promise<readonly TestResult[]> => {
  const assertions: readonly Assertion[] = [
    {
      name: "every service is converged",
      check: async () => {
        const watch = follow(watchFromNow, await lookAtStack(engine, app.stack, signal), rules);
        const judgement = judgeStack(watch, rules);
        if (judgement.kind === "settled") return null;
        if (judgement.kind === "failed") return [judgement.failure.message, ...judgement.failure.details].join("\n");
        return unsettledServices(watch, rules).flatMap((service) => describeService(service, watch.last?.at ?? 0)).join("\n");
      },
    },
    {
      name: "the app answers at its address",
      check: async () => {
        const verdict = await askApp(urlTarget(app, url), { trust: trust(), signal });
        return verdict === null ? null : `${url}: ${verdict.why}`;
      },
    },
    {
      name: "what runs is the commit under test",
      check: async () => {
        const label = (await labelsOf(engine, app, signal))[`coop-cloud.${app.stack}.chaos-version`];
        return isCommit(label, app.commit) ? null : `the label says ${label ?? "nothing"}, the commit is ${app.commit}`;
      },
    },
  ];
  return Promise.all(assertions.map(timed));
};
