import { randomBytes } from "node:crypto";

/** For a file that nobody else is to write. */
export const newSuffix = (): string => randomBytes(6).toString("hex");
