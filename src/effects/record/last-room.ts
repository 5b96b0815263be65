import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "../files/remove.js";
import { bestEffort } from "./best-effort.js";

/** A closed record, a ledger and an app's record take some KB each. */
const bytes = 64 * 1024;

const fileIn = (runDir: string): string => join(runDir, ".room");

/**
 * Takes room that the end of a run gives back: a disk that fills up meanwhile must not make a run that passed look like
 * one that was killed. Not zeros, which some file systems store in no room.
 */
export const takeRoom = (runDir: string): void => void bestEffort(() => writeFileSync(fileIn(runDir), randomBytes(bytes), { mode: 0o600, flag: "wx" }));

export const giveRoomBack = (runDir: string): void => void bestEffort(() => removeFile(fileIn(runDir)));
