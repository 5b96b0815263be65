import type { TierTime } from "../../effects/report/observed.js";
import { tiers, type Tier } from "../../machines/vocabulary.js";

const prefix = "holding.running.test.";

const tierIn = (leaf: string): Tier | null => tiers.find((tier) => leaf === `${prefix}${tier}` || leaf.startsWith(`${prefix}${tier}.`)) ?? null;

/** How long each tier took, by the states of the run's chart. */
export const createTierTimes = (nowMs: () => number = () => performance.now()) => {
  const times: TierTime[] = [];
  let open: { readonly tier: Tier; readonly sinceMs: number } | null = null;
  return {
    onState: (leaf: string): void => {
      const tier = tierIn(leaf);
      if (open !== null && open.tier !== tier) times.push({ tier: open.tier, durationMs: Math.round(nowMs() - open.sinceMs) });
      if (tier === null) open = null;
      else if (open?.tier !== tier) open = { tier, sinceMs: nowMs() };
    },
    times: (): readonly TierTime[] => times,
  };
};
