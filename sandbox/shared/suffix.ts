import { randomBytes } from "node:crypto";

/** A random suffix for a file that nobody else may write. */
export const newSuffix = (): string => randomBytes(6).toString("hex");
