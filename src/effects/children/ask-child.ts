import { isRunError } from "../../machines/errors.js";
import { startChild, type ChildEnd } from "./child.js";
import type { Place } from "./launch.js";

/** What a program prints about itself, for a diagnosis; null if it cannot be started. */
export const askChild = async (file: string, args: readonly string[], limitMs: number, place: Place): Promise<ChildEnd | null> => {
  try {
    return await startChild({ file, args, limitMs, ...place }).end;
  } catch (error) {
    if (isRunError(error)) return null;
    throw error;
  }
};
