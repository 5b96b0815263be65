import type { ServiceSnapshot, StackSnapshot } from "./deploy/deploy.types.js";
import type { Failure } from "./vocabulary.js";

export type Judgement =
  | { readonly kind: "moving" }
  | { readonly kind: "settled" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** An update that still moves. `paused` never does: Swarm leaves it so until somebody acts, and health decides. */
const activeUpdates = new Set(["updating", "rollback_started"]);
/** The new version was refused: the old one may well serve, but it is not what is under test. */
const rolledBack = new Set(["rollback_completed", "rollback_paused"]);
const endedBadly = new Set(["failed", "rejected"]);

/** So many tasks of one service ended badly while none runs: it will not come up by waiting. */
const crashesMax = 3;

const crashed = (service: ServiceSnapshot): number => service.tasks.filter(({ state }) => endedBadly.has(state)).length;

const isCrashLooping = (service: ServiceSnapshot): boolean => service.running === 0 && crashed(service) >= crashesMax;

const isSettled = (service: ServiceSnapshot): boolean =>
  service.running >= service.wanted && (service.update === null || !activeUpdates.has(service.update));

const evidence = (service: ServiceSnapshot): readonly string[] => [
  ...new Set(service.tasks.flatMap(({ error }) => (error === null ? [] : [`task error: ${error}`]))),
  ...service.logTail.slice(-10).map((line) => `log: ${line}`),
];

const failure = (code: string, service: ServiceSnapshot, message: string, hint: string): Failure => ({
  code,
  message,
  hint,
  exitCode: 1,
  details: evidence(service),
});

/**
 * Whether a stack has converged: every service runs as often as wanted, and none of its updates moves.
 *
 * A crash loop and a rollback end the wait at once. Not promised: that the app answers; that is the probe's.
 */
export const judgeStack = ({ services }: StackSnapshot): Judgement => {
  const looping = services.find(isCrashLooping);
  if (looping !== undefined) {
    const message = `${looping.name} does not stay up: ${crashed(looping)} tasks ended badly and none runs`;
    return { kind: "failed", failure: failure("crash-loop", looping, message, "Its last log lines and task errors are above.") };
  }
  const back = services.find(({ update }) => update !== null && rolledBack.has(update));
  if (back !== undefined) {
    const message = `${back.name} was rolled back: the version under test did not come up`;
    return { kind: "failed", failure: failure("rolled-back", back, message, "The tasks of the new version say why.") };
  }
  return services.length > 0 && services.every(isSettled) ? { kind: "settled" } : { kind: "moving" };
};
