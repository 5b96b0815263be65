import type { TierSpec } from "./tier-spec.js";

export const restore: TierSpec = {
  title: "What was lost comes back from the backup",
  changesStack: true,
  bringsRef: false,
  description: "What was seeded is changed and deleted, and comes back from the backup.",
};
