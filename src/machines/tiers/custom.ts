import type { TierSpec } from "./tier-spec.js";

export const custom: TierSpec = {
  title: "The recipe's own tests",
  changesStack: false,
  bringsRef: false,
  description: "The executables of the recipe's folder, on the ref under test.",
};
