import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/remove.js";
import { bestEffort } from "./best-effort.js";

/** Enough for a closed record, a ledger and an app's record, which take a few KB each. */
const bytes = 64 * 1024;

const fileIn = (runDir: string): string => join(runDir, ".room");

/**
 * Reserves room that the end of a run gives back: if the disk fills up meanwhile, a run that passed must not look like
 * one that was killed. Not zeros, for which some file systems take no room.
 */
export const takeRoom = (runDir: string): void =>
  void bestEffort(() => writeFileSync(fileIn(runDir), randomBytes(bytes), { mode: 0o600, flag: "wx" }));

export const giveRoomBack = (runDir: string): void => void bestEffort(() => removeFile(fileIn(runDir)));
