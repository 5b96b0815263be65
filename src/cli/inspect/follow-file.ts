import { closeSync, existsSync, readSync, watch, type FSWatcher } from "node:fs";
import { dirname } from "node:path";
import { openRegular } from "../../effects/files/regular-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";

export interface Following {
  /** Reads what is there at once. */
  readonly look: () => void;
  /** No line is reported after this. Safe to call twice. */
  readonly close: () => void;
}

interface FollowSettings {
  readonly file: string;
  /** How often to look even if the kernel reports no change. ms */
  readonly pollMs?: number;
  readonly onLine: (line: string) => void;
  /** Called after each look that found something, and after each change in the file's folder. */
  readonly onLook?: () => void;
}

const newline = 0x0a;
const chunkBytes = 256 * 1024;
/** No line of ours is longer. A longer line is skipped up to its end. */
const lineBytesMax = 8 * 1024 * 1024;
/** How many chunks are read before other work gets a turn. */
const chunksAtOnce = 256;

/** Splits chunks of bytes into whole lines. Keeps nothing of a line that is too long: a file without line ends must not take all memory. */
const createSplitter = (onLine: (line: string) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  let tooLong = false;

  const takeLines = (bytes: Buffer): void => {
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      const line = bytes.toString("utf8", from, end);
      from = end + 1;
      if (line !== "") onLine(line);
    }
    rest = bytes.subarray(from);
    if (rest.length <= lineBytesMax) return;
    rest = Buffer.alloc(0);
    tooLong = true;
  };

  return (chunk) => {
    if (!tooLong) return takeLines(Buffer.concat([rest, chunk]));
    const end = chunk.indexOf(newline);
    if (end < 0) return;
    tooLong = false;
    takeLines(Buffer.from(chunk.subarray(end + 1)));
  };
};

/**
 * Reports every whole line of a growing file, from its start, in order, each once. The file may appear later.
 *
 * Half a line is kept until its end has been written. The kernel's notice of a change is only a hint: the poll finds what it
 * does not report (a network disk, no watches left). A file that was replaced or cut is not read again.
 */
export const followFile = ({ file, pollMs = 150, onLine, onLook }: FollowSettings): Following => {
  let fd: number | null = null;
  let closed = false;
  let watcher: FSWatcher | null = null;
  const chunk = Buffer.alloc(chunkBytes);
  const take = createSplitter(onLine);

  const read = (): boolean => {
    fd ??= bestEffort(() => openRegular(file));
    if (fd === null) return false;
    const open = fd;
    let found = false;
    for (let chunks = 0; ; chunks += 1) {
      if (chunks === chunksAtOnce) {
        setImmediate(look);
        return found;
      }
      const size = bestEffort(() => readSync(open, chunk, 0, chunkBytes, null)) ?? 0;
      if (size === 0) return found;
      found = true;
      take(chunk.subarray(0, size));
    }
  };

  const look = (): void => {
    if (!closed && read()) onLook?.();
  };
  const onChange = (): void => {
    look();
    if (!closed) onLook?.();
  };
  const listen = (): void => {
    if (watcher !== null || !existsSync(dirname(file))) return;
    watcher = bestEffort(() => watch(dirname(file), onChange));
    watcher?.on("error", () => {
      watcher?.close();
      watcher = null;
    });
  };

  listen();
  const poll = setInterval(() => {
    listen();
    look();
  }, pollMs);
  look();
  return {
    look,
    close: () => {
      if (closed) return;
      closed = true;
      clearInterval(poll);
      watcher?.close();
      if (fd !== null) closeSync(fd);
    },
  };
};
