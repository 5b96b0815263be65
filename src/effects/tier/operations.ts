import type { Tier } from "../../machines/vocabulary.js";
import { backUp } from "./backup/back-up.js";
import { backupTests } from "./backup/backup-tests.js";
import { installTests } from "./install-tests.js";
import type { BuiltInTest, Operation, OperationWiring } from "./operation.js";
import { restoreTests } from "./restore/restore-tests.js";
import { restore } from "./restore/restore.js";
import { upgradeTests } from "./upgrade/upgrade-tests.js";
import { upgrade } from "./upgrade/upgrade.js";

/** The operation of install and custom, which change nothing themselves. */
const onlyLooks =
  (): Operation =>
  async ({ facts }) =>
    facts;

/** What each tier does, once. */
export const operations: Readonly<Record<Tier, (wiring: OperationWiring) => Operation>> = {
  install: onlyLooks,
  upgrade,
  backup: backUp,
  restore,
  custom: onlyLooks,
};

const none = (): readonly BuiltInTest[] => [];

/** What each tier asserts of every recipe, whatever the recipe's own tests say. */
export const builtInTests: Readonly<Record<Tier, (wiring: Pick<OperationWiring, "engine" | "trust">) => readonly BuiltInTest[]>> = {
  install: installTests,
  upgrade: upgradeTests,
  backup: backupTests,
  restore: restoreTests,
  custom: none,
};
