import { randomOf, type Random } from "./random.js";

/** Whom a signal goes to. */
export type Target = "program" | "launcher" | "group" | "child" | "everything";

export type Harm =
  | { readonly kind: "none" }
  | {
      readonly kind: "signal";
      readonly name: "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGKILL";
      readonly target: Target;
      readonly twice: boolean;
    }
  /** Frozen with all its locks, then killed or let go on. */
  | { readonly kind: "freeze"; readonly ending: "SIGKILL" | "SIGCONT"; readonly forMs: number }
  /** The reader of its output goes away. */
  | { readonly kind: "broken pipe" };

/** When: so long after the run is first seen in the phase. `start`: after its launcher was started. */
export interface Moment {
  readonly phase: "start" | "prepare" | "acquire" | "recover" | "deploy" | "test" | "tearingDown" | "reporting";
  readonly afterMs: number;
}

export interface RunPlan {
  readonly id: string;
  readonly recipe: "echo" | "notes";
  readonly pr: number;
  readonly harm: Harm;
  readonly moment: Moment;
}

/** A fault of the stand-ins, in the words of their faults.json. */
export interface Fault {
  readonly when: string;
  readonly nth: number;
  readonly do: string;
}

export interface BatchPlan {
  readonly seed: number;
  readonly number: number;
  readonly runs: readonly RunPlan[];
  readonly faults: readonly Fault[];
  /** The disk of the runs' folder is full from and for so long, ms since the batch began. */
  readonly fullDisk: { readonly fromMs: number; readonly forMs: number } | null;
}

const targets = [
  [5, "launcher"],
  [5, "program"],
  [3, "group"],
  [2, "child"],
] as const satisfies readonly (readonly [number, Target])[];

const harmOf = (random: Random): Harm => {
  const kind = random.weigh([
    [3, "none"],
    [7, "stop"],
    [6, "kill"],
    [2, "freeze"],
    [2, "pipe"],
  ] as const);
  switch (kind) {
    case "none":
      return { kind: "none" };
    case "stop":
      return {
        kind: "signal",
        name: random.pick(["SIGTERM", "SIGTERM", "SIGINT", "SIGHUP"]),
        target: random.weigh<Target>(targets),
        twice: random.next() < 0.25,
      };
    case "kill":
      return { kind: "signal", name: "SIGKILL", target: random.weigh<Target>([...targets, [2, "everything"]]), twice: false };
    case "freeze":
      return { kind: "freeze", ending: random.pick(["SIGKILL", "SIGCONT"]), forMs: random.between(50, 1_500) };
    case "pipe":
      return { kind: "broken pipe" };
  }
};

/** Weighted by how much there is to lose. */
const momentOf = (random: Random): Moment => ({
  phase: random.weigh<Moment["phase"]>([
    [2, "start"],
    [2, "prepare"],
    [2, "acquire"],
    [1, "recover"],
    [8, "deploy"],
    [3, "test"],
    [4, "tearingDown"],
    [1, "reporting"],
  ]),
  afterMs: random.between(0, random.pick([5, 200, 1_500])),
});

/** What a deploy or a teardown may meet. What lasts as long as a budget of teardown's, which is minutes, is left to other tests. */
const faultOf = (random: Random, runs: number): Fault => {
  const when = random.pick(["abra app new", "abra app deploy", "abra app secret generate", "abra app undeploy"]);
  return {
    when,
    nth: random.between(1, runs),
    do: random.pick(when === "abra app undeploy" ? ["exit:1", "slow:700"] : ["exit:1", "garbage", "slow:700"]),
  };
};

const hang = (random: Random, runs: number): Fault => ({
  when: random.pick(["abra app new", "abra app deploy", "abra app secret generate"]),
  nth: random.between(1, runs),
  do: random.pick(["hang", "hang-deaf", "then-hang"]),
});

export interface Limits {
  readonly runs: number;
  /** Whether the stand-ins' faults can be had, and a disk that gets full. */
  readonly faults: boolean;
  readonly fullDisk: boolean;
}

/** The same batch for the same seed and number. */
export const planBatch = (seed: number, number: number, { runs, faults, fullDisk }: Limits): BatchPlan => {
  const random = randomOf(seed * 1_000_003 + number);
  const plans = Array.from({ length: runs }, (_, index): RunPlan => ({
    // With our own number: processes are told by it, and another torture of this host may have left some.
    id: `t${process.pid}-${number}-${index}`,
    recipe: random.weigh([
      [4, "echo"],
      [1, "notes"],
    ] as const),
    pr: random.between(1, Math.max(2, Math.floor(runs / 3))),
    harm: harmOf(random),
    moment: momentOf(random),
  }));
  const theme = random.weigh([
    [5, "plain"],
    [2, "faults"],
    [1, "hangs"],
    [1, "full disk"],
  ] as const);
  return {
    seed,
    number,
    runs: plans,
    faults:
      !faults || theme === "plain" || theme === "full disk"
        ? []
        : Array.from({ length: 2 }, () => (theme === "hangs" ? hang : faultOf)(random, runs)),
    fullDisk: fullDisk && theme === "full disk" ? { fromMs: random.between(0, 6_000), forMs: random.between(200, 4_000) } : null,
  };
};

/** A hanging abra is ended by the deploy's budget, minutes later, unless the run is told to stop. */
export const mayHang = ({ faults }: BatchPlan): boolean => faults.some(({ do: act }) => act.includes("hang"));

export const describePlan = ({ id, recipe, pr, harm, moment }: RunPlan): string => {
  const when = `${moment.afterMs} ms into ${moment.phase}`;
  const what = (): string => {
    switch (harm.kind) {
      case "none":
        return "left alone";
      case "signal":
        return `${harm.name}${harm.twice ? " twice" : ""} to ${harm.target} ${when}`;
      case "freeze":
        return `frozen ${when} for ${harm.forMs} ms, then ${harm.ending}`;
      case "broken pipe":
        return `its reader goes ${when}`;
    }
  };
  return `${id}: ${recipe}, PR ${pr}, ${what()}`;
};
