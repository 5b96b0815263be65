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

/** How a read of a growing file ended: at the file's end for now, or because other work must get a turn. */
interface Read {
  readonly found: boolean;
  readonly isAtEnd: boolean;
}

/** Reads a file on from where it stopped, once the file is there. */
const createReader = (file: string, take: (chunk: Buffer) => void) => {
  let fd: number | null = null;
  const chunk = Buffer.alloc(chunkBytes);
  return {
    read: (): Read => {
      fd ??= bestEffort(() => openRegular(file));
      if (fd === null) return { found: false, isAtEnd: true };
      const open = fd;
      for (let chunks = 0; chunks < chunksAtOnce; chunks += 1) {
        const size = bestEffort(() => readSync(open, chunk, 0, chunkBytes, null)) ?? 0;
        if (size === 0) return { found: chunks > 0, isAtEnd: true };
        take(chunk.subarray(0, size));
      }
      return { found: true, isAtEnd: false };
    },
    close: (): void => {
      if (fd !== null) closeSync(fd);
    },
  };
};

/** The kernel's notices of changes in a folder. `listen` starts them if it can and if they are not on; it is called again and again. */
const createNotices = (folder: string, onChange: () => void) => {
  let watcher: FSWatcher | null = null;
  return {
    listen: (): void => {
      if (watcher !== null || !existsSync(folder)) return;
      watcher = bestEffort(() => watch(folder, onChange));
      watcher?.on("error", () => {
        watcher?.close();
        watcher = null;
      });
    },
    close: (): void => watcher?.close(),
  };
};

/**
 * Reports every whole line of a growing file, from its start, in order, each once. The file may appear later.
 *
 * Half a line is kept until its end has been written. The kernel's notice of a change is only a hint: the poll finds what it
 * does not report (a network disk, no watches left). A file that was replaced or cut is not read again.
 */
export const followFile = ({ file, pollMs = 150, onLine, onLook }: FollowSettings): Following => {
  let closed = false;
  const reader = createReader(file, createSplitter(onLine));

  const look = (): void => {
    if (closed) return;
    const { found, isAtEnd } = reader.read();
    if (!isAtEnd) setImmediate(look);
    if (found) onLook?.();
  };
  const notices = createNotices(dirname(file), () => {
    look();
    if (!closed) onLook?.();
  });

  notices.listen();
  const poll = setInterval(() => {
    notices.listen();
    look();
  }, pollMs);
  look();
  return {
    look,
    close: () => {
      if (closed) return;
      closed = true;
      clearInterval(poll);
      notices.close();
      reader.close();
    },
  };
};
