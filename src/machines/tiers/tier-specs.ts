import type { Tier } from "../vocabulary.js";
import { backup } from "./backup.js";
import { custom } from "./custom.js";
import { install } from "./install.js";
import { restore } from "./restore.js";
import type { TierSpec } from "./tier-spec.js";
import { upgrade } from "./upgrade.js";

export const tierSpecs: Readonly<Record<Tier, TierSpec>> = { install, upgrade, backup, restore, custom };
