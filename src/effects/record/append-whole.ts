import { fstatSync, ftruncateSync, writeFileSync } from "node:fs";
import { bestEffort } from "./best-effort.js";

/**
 * Appends to an open file all of it or nothing: a line of which a full disk took a part would spoil the next one as well.
 * Only for who alone writes to the file. Throws.
 */
export const appendWhole = (fd: number, text: string): void => {
  const { size } = fstatSync(fd);
  try {
    // Not writeSync: on a disk that fills up it writes a part and calls that success.
    writeFileSync(fd, text);
  } catch (error) {
    bestEffort(() => ftruncateSync(fd, size));
    throw error;
  }
};
