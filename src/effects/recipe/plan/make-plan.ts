import type { Plan, Round, Skip, Version } from "../../../machines/plan.js";
import type { RecipeSettings, Tier } from "../../../machines/vocabulary.js";
import type { Published } from "./read-versions.js";

/** How many bases an upgrade is tried from, each a deployment of its own; null: nobody asked. */
export type UpgradeFrom = number | "all" | null;

/** What the recipe's repository and files say. */
export interface PlanFacts {
  /** The full hash of the commit under test. */
  readonly commit: string;
  /** The version that its own label names; null: none. */
  readonly label: string | null;
  /** Whether it is a folder that is not a repository and so has no versions. */
  readonly isFolder: boolean;
  /** The versions from which the commit descends, and its own; newest first. */
  readonly published: readonly Published[];
  /** The one that recipe.yml names; null: none. */
  readonly named: Published | null;
  /** Whether a service has the labels by which its data is backed up. */
  readonly isBackedUp: boolean;
}

export interface PlanAsked {
  /** In order. */
  readonly tiers: readonly Tier[];
  readonly notApplicable: RecipeSettings["notApplicable"];
  readonly backup: RecipeSettings["backup"];
  readonly upgradeFrom: UpgradeFrom;
  /** Whether the backup is also restored into a newly created app. */
  readonly freshRestore: boolean;
}

/** Whether a version is the commit under test itself, from which one cannot upgrade, whatever its name. */
const isOwn = ({ commit, label }: PlanFacts, version: Published): boolean => version.commit === commit || version.tag === label;

const basesOf = (facts: PlanFacts, upgradeFrom: UpgradeFrom): readonly Published[] => {
  const others = facts.published.filter((version) => !isOwn(facts, version));
  const { named } = facts;
  const at = named === null ? 0 : others.findIndex(({ tag }) => tag === named.tag);
  const older = named === null ? others : [named, ...(at === -1 ? others : others.slice(at + 1))];
  return older.slice(0, upgradeFrom === "all" ? older.length : (upgradeFrom ?? 1));
};

const noBase = ({ isFolder, published }: PlanFacts): string => {
  if (isFolder) return "the source is a folder and no repository: it has no versions to upgrade from";
  return published.length === 0
    ? "no version was published before this one: there is nothing to upgrade from"
    : "only this version has been published: there is nothing to upgrade from";
};

const structural = (facts: PlanFacts, { backup }: PlanAsked, bases: readonly Published[]): Readonly<Partial<Record<Tier, string>>> => {
  const isBackedUp = backup === "auto" ? facts.isBackedUp : backup;
  const noBackup = isBackedUp ? {} : { backup: "no service has the label backupbot.backup=true: nothing is backed up" };
  return { ...(bases.length === 0 ? { upgrade: noBase(facts) } : {}), ...noBackup };
};

/** Why a tier is not entered, or null. A restore needs what a backup has made. */
const skipOf = (tier: Tier, asked: PlanAsked, reasons: Readonly<Partial<Record<Tier, string>>>): Skip | null => {
  const declared = asked.notApplicable[tier];
  if (declared !== undefined) return { tier, kind: "declared", reason: declared };
  const reason = reasons[tier];
  if (reason !== undefined) return { tier, kind: "structural", reason };
  if (tier !== "restore") return null;
  const backup = skipOf("backup", asked, reasons);
  if (backup !== null) return { ...backup, tier };
  return asked.tiers.includes("backup")
    ? null
    : { tier, kind: "structural", reason: "the backup tier was not asked for: there is nothing to restore" };
};

/** The commit under test as a version: where every round ends. */
export const versionUnderTest = ({ commit, published }: PlanFacts): Version => ({
  tag: published.find((version) => version.commit === commit)?.tag ?? null,
  commit,
});

/**
 * Plans the run: the first deployment goes through every tier; its backup, if requested, is restored into a newly
 * created app; each further base goes through the upgrade alone.
 *
 * Every round ends with the commit under test.
 */
export const makePlan = (facts: PlanFacts, asked: PlanAsked): Plan => {
  const bases = basesOf(facts, asked.upgradeFrom);
  const reasons = structural(facts, asked, bases);
  const skips = asked.tiers.flatMap((tier) => skipOf(tier, asked, reasons) ?? []);
  const tiers = asked.tiers.filter((tier) => !skips.some((skip) => skip.tier === tier));
  const [base, ...further] = tiers.includes("upgrade") ? bases : [];
  const target = versionUnderTest(facts);
  const fresh: readonly Round[] =
    asked.freshRestore && tiers.includes("restore") ? [{ deploys: target, tiers: ["restore"], keepsFacts: true }] : [];
  const rounds: readonly Round[] = [
    { deploys: base ?? target, tiers },
    ...fresh,
    ...further.map((deploys): Round => ({ deploys, tiers: ["upgrade"] })),
  ];
  return { rounds, skips };
};
