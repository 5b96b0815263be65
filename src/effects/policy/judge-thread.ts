import { parentPort, workerData } from "node:worker_threads";
import { failureFrom } from "../../machines/errors.js";
import type { Failure } from "../../machines/vocabulary.js";
import { judgeApp, type CheckedApp, type SwarmAnswer, type SwarmQuestion } from "./judge-app.js";
import type { AppToCheck } from "./read-app.js";

/** What the thread sends: at most one question, then one result. */
export type ThreadSays =
  | { readonly kind: "asks"; readonly question: SwarmQuestion }
  | { readonly kind: "checked"; readonly app: CheckedApp }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The thread that judge-apart starts: a bundle of its own in dist. */
const main = async (): Promise<void> => {
  const port = parentPort;
  if (port === null) return;
  const say = (one: ThreadSays): void => port.postMessage(one);
  const ask = (question: SwarmQuestion): Promise<SwarmAnswer> =>
    new Promise((resolve) => {
      port.once("message", resolve);
      say({ kind: "asks", question });
    });
  try {
    say({ kind: "checked", app: await judgeApp(workerData as AppToCheck, ask) });
  } catch (error) {
    say({ kind: "failed", failure: failureFrom(error) });
  }
};

void main();
