import type { TierSpec } from "./tier-spec.js";

export const backup: TierSpec = {
  title: "A backup of what is there",
  changesStack: true,
  bringsRef: false,
  description: "The app settles, is seeded and backed up. Its hooks may restart it.",
};
