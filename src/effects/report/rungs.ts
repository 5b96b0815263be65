import type { Slip } from "../../machines/slip.js";
import type { Skip } from "../../machines/plan.js";
import type { Tier } from "../../machines/vocabulary.js";
import type { LintReport } from "./observed.js";
import type { TierReport } from "./tier-report.js";

/**
 * `unver`: it should have been shown and was not, because it was never asked for, ended early, or a tool failed. It blocks like a failure.
 */
export type RungStatus = "pass" | "fail" | "skip" | "unver";

/** The rungs, from the lowest up. */
export const rungs = ["install", "upgrade", "backup_restore", "functional", "lint"] as const;
export type Rung = (typeof rungs)[number];

const tiersOf: Readonly<Record<Exclude<Rung, "lint">, readonly Tier[]>> = {
  install: ["install"],
  upgrade: ["upgrade"],
  backup_restore: ["backup", "restore"],
  functional: ["custom"],
};

const statusOfOutcome = { pass: "pass", fail: "fail", skip: "skip", unverified: "unver" } as const;

/**
 * What several statuses show together: if they differ, the worst counts. If some passed and others were skipped, not everything was shown.
 */
const together = (statuses: readonly RungStatus[]): RungStatus => {
  if (statuses.includes("fail")) return "fail";
  const [first = "unver"] = statuses;
  return statuses.every((status) => status === first) ? first : "unver";
};

/** Whether a tier was skipped only because nobody wrote a test, which is not a reason of the recipe's own and shows nothing. */
const isUnwritten = (tier: Tier, skips: readonly Skip[]): boolean =>
  tier === "custom" && skips.some((skip) => skip.tier === tier && skip.kind === "structural");

const statusOfTier = (tier: Tier, reports: readonly TierReport[], skips: readonly Skip[]): RungStatus => {
  const own = reports.filter((report) => report.tier === tier);
  if (own.length === 0 || isUnwritten(tier, skips)) return "unver";
  return together(own.map(({ outcome }) => statusOfOutcome[outcome.kind]));
};

/** The status of lint. A slip in the recipe's files counts as if abra's lint had found it. */
const statusOfLint = (lint: LintReport | null, slips: readonly Slip[]): RungStatus => {
  if (slips.length > 0) return "fail";
  if (lint === null || lint.kind === "not-run") return "unver";
  return lint.rules.some(({ satisfied, severity }) => satisfied === "no" && severity !== "warn") ? "fail" : "pass";
};

interface RungsOf {
  readonly reports: readonly TierReport[];
  readonly skips: readonly Skip[];
  readonly lint: LintReport | null;
  readonly slips: readonly Slip[];
}

export const rungStatuses = ({ reports, skips, lint, slips }: RungsOf): Readonly<Record<Rung, RungStatus>> => {
  const of = (rung: Exclude<Rung, "lint">): RungStatus => together(tiersOf[rung].map((tier) => statusOfTier(tier, reports, skips)));
  return {
    install: of("install"),
    upgrade: of("upgrade"),
    backup_restore: of("backup_restore"),
    functional: of("functional"),
    lint: statusOfLint(lint, slips),
  };
};

/** The highest rung that passed if each below it passed or was skipped on purpose. 0: none. It may understate, never overstate. */
export const levelOf = (statuses: Readonly<Record<Rung, RungStatus>>): number => {
  const blocked = rungs.findIndex((rung) => statuses[rung] === "fail" || statuses[rung] === "unver");
  const reached = blocked === -1 ? rungs : rungs.slice(0, blocked);
  return reached.findLastIndex((rung) => statuses[rung] === "pass") + 1;
};
