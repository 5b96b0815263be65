const seconds = (n: number): number => n * 1_000;
const minutes = (n: number): number => seconds(n * 60);

/**
 * How long each wait may last, in ms. The chart names them; nothing else in the program waits without one.
 *
 * The steps of one teardown round add up to less than the 8 minutes that the deadline promises to CI. If a run needs a
 * second round, that limit ends it.
 */
export interface Budgets {
  readonly prepare: number;
  readonly janitor: number;
  readonly recover: number;
  readonly create: number;
  readonly configure: number;
  readonly prepull: number;
  readonly submit: number;
  /** To read the last log lines of what failed. */
  readonly explain: number;
  /** For one look at the stack, even if the daemon restarts meanwhile. */
  readonly look: number;
  /** For the screenshot of the app, and for the recipe's lint to finish. */
  readonly picture: number;
  readonly drain: number;
  readonly undeploy: number;
  readonly gone: number;
  readonly remove: number;
  /** To ask the Swarm's other nodes: long enough to pull the job's small image once. */
  readonly askNodes: number;
  readonly verify: number;
  /** The whole teardown, as a last resort: the budgets of its steps run out earlier. */
  readonly teardown: number;
  readonly report: number;
}

/** How much of the time before the deadline is reserved for reading the last log lines of what is cut short. ms */
const lastWordsMs = (deadlineMs: number, { explain }: Pick<Budgets, "explain">): number => Math.min(explain, deadlineMs / 10);

/** How long work may still take, given the time until the run's deadline. Below zero: only the last log lines may be read. ms */
export const leftForWorkMs = (leftMs: number, deadlineMs: number, budgets: Pick<Budgets, "explain">): number =>
  leftMs - lastWordsMs(deadlineMs, budgets);

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

/** How long a run may take beyond its deadline: a teardown, the report, and a minute for a busy host. ms */
export const beyondDeadlineMs = defaultBudgets.teardown + 2 * defaultBudgets.report + minutes(1);
