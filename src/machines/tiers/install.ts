import type { TierSpec } from "./tier-spec.js";

export const install: TierSpec = {
  title: "The first deploy",
  changesStack: false,
  bringsRef: false,
  description: "What was deployed works: every service has settled, the app answers, and what runs is the version that was meant.",
};
