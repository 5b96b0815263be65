import { createActor, toPromise, type AnyActorRef } from "xstate";
import type { Budgets } from "../machines/budgets.js";
import { failureFrom } from "../machines/errors.js";
import type { RunOutput } from "../machines/run/run.types.js";
import { joinCleanliness } from "../machines/teardown/join-cleanliness.js";
import type { teardownMachine } from "../machines/teardown/teardown.machine.js";
import type { TeardownTarget } from "../machines/teardown/teardown.types.js";
import type { Cleanliness, Cookie } from "../machines/vocabulary.js";

/** What is left to work with once the run's own chart is broken. */
export interface Rescue {
  /** Kills every child of ours at once. */
  readonly killChildren: () => void;
  /** The apps whose locks this process holds, as far as it came: in the order in which they are torn down. */
  readonly owned: () => readonly TeardownTarget[];
  /** Survivors of the kill are found by it. */
  readonly cookie: Cookie;
  /** The teardown machine, plugged into a scope that nothing has closed yet. */
  readonly teardown: typeof teardownMachine;
  readonly budgets: Budgets;
  readonly note: (line: string) => void;
  /** Keeps an error of our own with its stack. */
  readonly onBug: (error: unknown) => void;
}

/** Tears the app down without the run's chart, by the same machine. Never throws: what it cannot verify is dirty. */
const tearDownAfter = async (rescue: Rescue, { domain, stack }: TeardownTarget): Promise<Cleanliness> => {
  try {
    const input = { domain, stack, cookies: [rescue.cookie], budgets: rescue.budgets };
    const { cleanliness } = await toPromise(createActor(rescue.teardown, { input }).start());
    return cleanliness;
  } catch (error) {
    // The teardown machine is ours as well, and may be what broke: the janitor is told by the record.
    rescue.note(`the teardown broke too: ${failureFrom(error).message}`);
    return { kind: "dirty", residue: [{ kind: "service", name: `${stack} (teardown broke)` }] };
  }
};

const rescueFrom = async (error: unknown, rescue: Rescue): Promise<RunOutput> => {
  const failure = { ...failureFrom(error), exitCode: 70 as const };
  rescue.note(`internal error, tearing down without the chart: ${failure.message}`);
  rescue.killChildren();
  const ends: Cleanliness[] = [];
  for (const target of rescue.owned()) ends.push(await tearDownAfter(rescue, target));
  const cleanliness: Cleanliness = ends.length === 0 ? { kind: "unknown" } : joinCleanliness(ends);
  return { verdict: { kind: "failed", failure }, cleanliness, exitCode: 70 };
};

/**
 * Starts the run's actor and resolves with its output, or with exit code 70 after a rescue.
 *
 * A throw in a guard, an action, a mapper or an observer leaves xstate's root actor in `error` with its children
 * alive; a throw in a timer reaches only the process. Both end here, outside the chart. Never rejects.
 */
export const supervise = (actor: AnyActorRef, rescue: Rescue): Promise<RunOutput> =>
  new Promise((resolve) => {
    let rescued = false;
    const finish = (output: RunOutput): void => {
      process.off("uncaughtException", onBug);
      process.off("unhandledRejection", onBug);
      resolve(output);
    };
    const onBug = (error: unknown): void => {
      rescue.onBug(error);
      if (rescued) return rescue.note(`after the internal error: ${failureFrom(error).message}`);
      rescued = true;
      actor.stop();
      void rescueFrom(error, rescue).then(finish);
    };
    process.on("uncaughtException", onBug);
    process.on("unhandledRejection", onBug);
    actor.subscribe({
      error: onBug,
      complete: () => {
        if (!rescued) finish(actor.getSnapshot().output as RunOutput);
      },
    });
    actor.start();
  });
