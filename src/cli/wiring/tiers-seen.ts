import type { TierSeen } from "../../effects/report/observed.js";
import { tiers, type TestResult, type Tier } from "../../machines/vocabulary.js";

const prefix = "holding.running.test.";

const tierIn = (leaf: string): Tier | null =>
  tiers.find((tier) => leaf === `${prefix}${tier}` || leaf.startsWith(`${prefix}${tier}.`)) ?? null;

export interface TiersSeen {
  /** Told each state that the run's chart enters. */
  readonly onState: (leaf: string) => void;
  /** Told each test of the tier that was entered last, which may be over already. */
  readonly onTest: (tier: Tier, result: TestResult) => void;
  readonly onCut: (tier: Tier, left: readonly TestResult[]) => void;
  /** In the order in which they were entered. */
  readonly seen: () => readonly TierSeen[];
}

interface Entered {
  readonly tier: Tier;
  readonly sinceMs: number;
  endedMs: number | null;
  readonly tests: TestResult[];
  readonly left: TestResult[];
}

/** Records how long each tier took, by the states of the run's chart, and the results of its tests. */
export const createTiersSeen = (nowMs: () => number = () => performance.now()): TiersSeen => {
  const entered: Entered[] = [];
  const last = (tier: Tier): Entered | null => entered.findLast((one) => one.tier === tier) ?? null;
  return {
    onState: (leaf) => {
      const [tier, open] = [tierIn(leaf), entered.at(-1)];
      if (open?.endedMs === null && open.tier === tier) return;
      if (open?.endedMs === null) open.endedMs = nowMs();
      if (tier !== null) entered.push({ tier, sinceMs: nowMs(), endedMs: null, tests: [], left: [] });
    },
    onTest: (tier, result) => void last(tier)?.tests.push(result),
    onCut: (tier, left) => void last(tier)?.left.push(...left),
    seen: () =>
      entered.map(({ tier, sinceMs, endedMs, tests, left }) => ({
        tier,
        durationMs: Math.round((endedMs ?? nowMs()) - sinceMs),
        tests,
        left,
      })),
  };
};
