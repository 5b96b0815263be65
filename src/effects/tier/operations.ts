import type { Tier } from "../../machines/vocabulary.js";
import { installTests } from "./install-tests.js";
import type { BuiltInTest, Operation, OperationWiring } from "./operation.js";
import { upgradeTests } from "./upgrade/upgrade-tests.js";
import { upgrade } from "./upgrade/upgrade.js";

/** install and custom look at what is there; they change nothing themselves. */
const onlyLooks = (): Operation => async ({ facts }) => facts;

/** What each tier does, once. */
export const operations: Readonly<Record<Tier, (wiring: OperationWiring) => Operation>> = {
  install: onlyLooks,
  upgrade,
  backup: onlyLooks,
  restore: onlyLooks,
  custom: onlyLooks,
};

const none = (): readonly BuiltInTest[] => [];

/** What each tier asserts of every recipe, whatever the recipe's own tests say. */
export const builtInTests: Readonly<Record<Tier, (wiring: Pick<OperationWiring, "engine" | "trust">) => readonly BuiltInTest[]>> = {
  install: installTests,
  upgrade: upgradeTests,
  backup: none,
  restore: none,
  custom: none,
};
