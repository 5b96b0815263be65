const seconds = (n: number): number => n * 1_000;
const minutes = (n: number): number => seconds(n * 60);

/**
 * How long each wait may last, in ms. The chart names them; nothing else in the program waits without one.
 *
 * One round of teardown's own steps adds up to under the 8 minutes that the deadline promises to CI; a run ends a
 * second round there.
 */
export interface Budgets {
  readonly prepare: number;
  readonly janitor: number;
  readonly recover: number;
  readonly create: number;
  readonly configure: number;
  readonly prepull: number;
  readonly submit: number;
  /** To read the last words of what failed. */
  readonly explain: number;
  /** For one look at the stack, a daemon that restarts included. */
  readonly look: number;
  /** For a picture of the app and what else people want to see of it. */
  readonly picture: number;
  readonly drain: number;
  readonly undeploy: number;
  readonly gone: number;
  readonly remove: number;
  /** Asking the Swarm's other nodes: long enough to pull the small image of the job once. */
  readonly askNodes: number;
  readonly verify: number;
  /** The whole teardown, as a last resort: its own steps end earlier. */
  readonly teardown: number;
  readonly report: number;
}

/** Of a run's deadline, kept for the last words of what it cuts. ms */
const lastWordsMs = (deadlineMs: number, { explain }: Pick<Budgets, "explain">): number => Math.min(explain, deadlineMs / 10);

/** What is left for work, where so much is left of a run's deadline; below zero where it is time for last words. ms */
export const leftForWorkMs = (leftMs: number, deadlineMs: number, budgets: Pick<Budgets, "explain">): number => leftMs - lastWordsMs(deadlineMs, budgets);

export const defaultBudgets: Budgets = {
  prepare: minutes(5),
  janitor: minutes(2),
  recover: seconds(30),
  create: minutes(1),
  configure: minutes(1),
  prepull: minutes(10),
  submit: minutes(3),
  explain: seconds(10),
  look: seconds(30),
  picture: seconds(60),
  drain: seconds(10),
  undeploy: minutes(2),
  gone: seconds(90),
  remove: seconds(45),
  askNodes: seconds(60),
  verify: seconds(30),
  teardown: minutes(8),
  report: seconds(10),
};

/** How long a run may take beyond its deadline: a teardown, its report, and a minute for a host that is busy. ms */
export const beyondDeadlineMs = defaultBudgets.teardown + 2 * defaultBudgets.report + minutes(1);
