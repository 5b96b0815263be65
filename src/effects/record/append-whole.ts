import { fstatSync, ftruncateSync, writeFileSync } from "node:fs";
import { bestEffort } from "./best-effort.js";

/**
 * Appends a text to an open file as a whole or not at all: if a full disk took only part of a line, the next line would be
 * spoilt too. Only for the file's only writer. Throws.
 */
export const appendWhole = (fd: number, text: string): void => {
  const { size } = fstatSync(fd);
  try {
    // Not writeSync: when a disk fills up, it writes a part and reports success.
    writeFileSync(fd, text);
  } catch (error) {
    bestEffort(() => ftruncateSync(fd, size));
    throw error;
  }
};
