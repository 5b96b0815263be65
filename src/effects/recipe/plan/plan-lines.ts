import type { Plan, Round, Version } from "../../../machines/plan.js";

/** A version's name for people: its tag, else its commit. */
export const versionName = ({ tag, commit }: Version): string => tag ?? commit.slice(0, 8);

const roundLine = ({ deploys, tiers, keepsFacts }: Round, target: Version, place: string): string => {
  if (keepsFacts === true) return `plan${place}: remove the app and deploy ${versionName(deploys)} anew, restore the backup into it`;
  if (!tiers.includes("upgrade"))
    return `plan${place}: deploy ${versionName(deploys)}; tiers: ${tiers.length === 0 ? "none" : tiers.join(", ")}`;
  return `plan${place}: deploy ${versionName(deploys)}, upgrade it to ${versionName(target)}; tiers: ${tiers.join(", ")}`;
};

/** What will be done and what will not, for people, before anything is deployed. */
export const planLines = ({ rounds, skips }: Plan, target: Version): readonly string[] => [
  ...rounds.map((round, index) => roundLine(round, target, rounds.length === 1 ? "" : ` ${index + 1} of ${rounds.length}`)),
  ...skips.map(({ tier, kind, reason }) => `plan: no ${tier} (${kind === "declared" ? "recipe.yml says" : "cannot be"}): ${reason}`),
];
