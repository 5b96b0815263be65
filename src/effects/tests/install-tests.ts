import { judgeStack } from "../../machines/convergence.js";
import type { App, TestResult } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { lookAtStack } from "../docker/observe-stack.js";
import { serviceOf } from "../docker/service-of.js";
import { answers } from "./probe-app.js";

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
  (await serviceOf(engine, app.stack, "app", signal))?.Spec.Labels ?? {};

/** abra shortens the commit and marks a tree with untracked files by `+U`; our overlay is such a file. */
const isCommit = (label: string | undefined, commit: string): boolean => {
  const short = label?.replace(/\+U$/, "") ?? "";
  return short.length >= 7 && commit.startsWith(short);
};

/** What every recipe must hold after an install: still converged, answering, and made from the commit under test. */
export const installTests = async (engine: Engine, app: App, url: string, signal: AbortSignal): Promise<readonly TestResult[]> => {
  const assertions: readonly Assertion[] = [
    {
      name: "every service is converged",
      check: async () => {
        const judgement = judgeStack(await lookAtStack(engine, app.stack, signal));
        if (judgement.kind === "settled") return null;
        return judgement.kind === "failed" ? judgement.failure.message : "a service is short of tasks, or an update moves";
      },
    },
    { name: "the app answers at its address", check: async () => ((await answers(url, signal)) ? null : `no answer from ${url}`) },
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
