import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";

/** More of a first line than the kernel reads. */
const lineBytes = 256;

export const firstLine = (file: string): string => {
  try {
    // Does not wait for a FIFO.
    const opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(lineBytes);
      return bytes.toString("latin1", 0, readSync(opened, bytes)).split("\n", 1)[0] ?? "";
    } finally {
      closeSync(opened);
    }
  } catch {
    return ""; // It cannot be read, which the run reports when it starts the program.
  }
};

/**
 * Why this host cannot start an executable file, judged by its `#!` line; null if that looks right. The kernel would say only that there is
 * no such file.
 */
export const programRemark = (file: string): string | null => {
  const line = firstLine(file);
  if (!line.startsWith("#!")) return null;
  if (line.endsWith("\r"))
    return "its #! line ends as lines do on Windows (CR LF), and the kernel looks for a program of that name: save it with LF";
  const [interpreter = ""] = line.slice(2).trim().split(/\s+/);
  if (interpreter.startsWith("/") && !existsSync(interpreter)) return `its #! line names ${interpreter}, which this host does not have`;
  return null;
};
