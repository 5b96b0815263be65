import { closeSync, constants, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { isatty, ReadStream } from "node:tty";

const opened = (path: string): number | null => {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
  } catch {
    return null;
  }
};

/**
 * The terminal that somebody may press Enter on, as an open descriptor, or null where there is none.
 *
 * The launcher gives us no stdin, and in our own session no controlling terminal: it is the launcher's stdin that is asked for.
 */
export const openTerminal = (launcher: string | undefined): number | null => {
  const fd = opened(launcher === undefined ? "/proc/self/fd/0" : `/proc/${launcher}/fd/0`);
  if (fd === null || isatty(fd)) return fd;
  closeSync(fd);
  return null;
};

/** Resolves at Enter, and at the terminal's end. Takes the descriptor over. */
export const enterPressed = (fd: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const input = new ReadStream(fd);
    const lines = createInterface({ input, terminal: false });
    const end = (): void => {
      signal.removeEventListener("abort", end);
      lines.removeAllListeners();
      lines.close();
      input.destroy();
      resolve();
    };
    input.once("error", end);
    lines.once("line", end);
    lines.once("close", end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
