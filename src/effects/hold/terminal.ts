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
 * An open descriptor of the terminal on which somebody may press Enter; null if there is none.
 *
 * The launcher gives us no stdin, and our own session has no controlling terminal, so the launcher's stdin is opened.
 */
export const openTerminal = (launcher: string | undefined): number | null => {
  const fd = opened(launcher === undefined ? "/proc/self/fd/0" : `/proc/${launcher}/fd/0`);
  if (fd === null || isatty(fd)) return fd;
  closeSync(fd);
  return null;
};

/** Resolves at Enter or when the terminal ends. Closes the descriptor. */
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
