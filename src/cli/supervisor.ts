import { createActor, toPromise, type AnyActorRef } from "xstate";
import type { Budgets } from "../machines/budgets.js";
import { failureFrom, hostTrouble } from "../machines/errors.js";
import type { RunOutput } from "../machines/run/run.types.js";
import { joinCleanliness } from "../machines/teardown/join-cleanliness.js";
import type { teardownMachine } from "../machines/teardown/teardown.machine.js";
import type { TeardownTarget } from "../machines/teardown/teardown.types.js";
import type { Cleanliness, Cookie } from "../machines/vocabulary.js";

/** What the supervisor works with once the run's own chart is broken. */
export interface Rescue {
  /** Kills every child of ours at once. */
  readonly killChildren: () => void;
  /** The apps whose locks this process holds so far, in the order in which they are torn down. */
  readonly owned: () => readonly TeardownTarget[];
  /** Finds processes that survived the kill. */
  readonly cookie: Cookie;
  /** The teardown machine, wired to a scope that nothing has closed yet. */
  readonly teardown: typeof teardownMachine;
  readonly budgets: Budgets;
  readonly note: (line: string) => void;
  /** Logs an error of our own with its stack. */
  readonly onBug: (error: unknown) => void;
}

/** Tears the app down with the same machine but without the run's chart. Never throws: what it cannot verify is dirty. */
const tearDownAfter = async (rescue: Rescue, { domain, stack }: TeardownTarget): Promise<Cleanliness> => {
  try {
    const input = { domain, stack, cookies: [rescue.cookie], budgets: rescue.budgets };
    const { cleanliness } = await toPromise(createActor(rescue.teardown, { input }).start());
    return cleanliness;
  } catch (error) {
    // The teardown machine is ours too and may be what broke. The record tells the janitor what is left.
    rescue.note(`the teardown broke too: ${failureFrom(error).message}`);
    return { kind: "dirty", residue: [{ kind: "service", name: `${stack} (teardown broke)` }] };
  }
};

const rescueFrom = async (error: unknown, rescue: Rescue): Promise<RunOutput> => {
  // Whatever else nobody caught is our bug, a failure with another exit code of its own as well.
  const failure = { ...failureFrom(error), exitCode: hostTrouble(error)?.exitCode ?? 70 };
  rescue.note(`an error that nothing in the chart caught, tearing down without it: ${failure.message}`);
  rescue.killChildren();
  const ends: Cleanliness[] = [];
  for (const target of rescue.owned()) ends.push(await tearDownAfter(rescue, target));
  const cleanliness: Cleanliness = ends.length === 0 ? { kind: "unknown" } : joinCleanliness(ends);
  return { verdict: { kind: "failed", failure }, cleanliness, exitCode: failure.exitCode };
};

/**
 * Starts the run's actor and resolves with its output; after a rescue with exit code 70, or with 69 where the host is to blame: node tells
 * a spawn for which there was no file descriptor (EMFILE) to nobody but the process.
 *
 * If a guard, an action, a mapper or an observer throws, xstate's root actor is in `error` and its children still live; if a
 * timer throws, only the process notices. Both are handled here, outside the chart. Never rejects.
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
      if (rescued) return rescue.note(`after that error: ${failureFrom(error).message}`);
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
