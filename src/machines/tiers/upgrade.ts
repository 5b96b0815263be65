import type { TierSpec } from "./tier-spec.js";

export const upgrade: TierSpec = {
  title: "The ref under test over the base, in place",
  changesStack: true,
  bringsRef: true,
  description: "The base that runs is redeployed at the ref; what was in its volumes is still there.",
};
