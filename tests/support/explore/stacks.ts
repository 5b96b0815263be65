import { dead, look, service, task } from "../stacks/builders.js";
import { app } from "./samples.js";

const name = `${app.stack}_app`;
const at = 100_000;

export const movingStack = look(at, service({ name, tasks: [task({ state: "preparing", since: at })] }));

/** What the last look saw when it let the app be probed. */
export const settledStack = look(at, service({ name, tasks: [task()] }));

/** The same, a second later: its task has died and another waits. */
export const deadStack = look(
  at + 1_000,
  service({ name, tasks: [task({ id: "t2", desired: "ready", state: "ready", created: at + 900 }), dead("t1", at + 900, { created: 0 })] }),
);

/** The same, a second later: somebody changed its labels, for which no task is made anew. */
export const changedStack = look(at + 1_000, service({ name, asked: { ...service().asked, rest: "changed" } }));

/** What no waiting mends. */
export const refusedStack = look(at, service({ name, tasks: [dead("t1", at, { state: "rejected", error: "No such image: hello:1" })] }));

/** One that has settled, and in which nobody has the name that `reach` has. */
export const strangeStack = look(at, service({ name: `${app.stack}_web` }));

/** A stack as the deploy hands it to the run. */
const before = { ...settledStack, at: at - 1_000 };
export const steadyStack = {
  watch: { last: before, firstAt: before.at, seen: [name], asked: { [name]: service().asked }, places: {} },
  settled: before,
};
