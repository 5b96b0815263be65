import { abraBackup } from "./abra-backup.js";
import { abraLife } from "./abra-life.js";
import { abraManners } from "./abra-manners.js";
import { abraWaits } from "./abra-waits.js";
import { dockerLife } from "./docker-life.js";
import { dockerManners } from "./docker-manners.js";
import { engineLife } from "./engine-life.js";
import { engineManners } from "./engine-manners.js";
import { nodeLife } from "./node-life.js";
import type { Chapter } from "./expectation.js";

/** All that recipe-ci counts on from docker and abra, each row with the evidence it has. */
export const table: readonly Chapter[] = [
  engineManners,
  engineLife,
  nodeLife,
  dockerManners,
  dockerLife,
  abraManners,
  abraLife,
  abraBackup,
  abraWaits,
];
