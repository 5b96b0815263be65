import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { codeOf } from "./error-code.js";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/** What is wrong with a file that was not read. `absent` and `unreadable` are the system's; the rest is what lies there. */
export type FileTrouble = "absent" | "link" | "no-file" | "too-large" | "unreadable";

export class FileRefused extends Error {
  readonly trouble: FileTrouble;
  constructor(trouble: FileTrouble, cause?: unknown) {
    super(trouble, { cause });
    this.name = "FileRefused";
    this.trouble = trouble;
  }
}

const troubleOf = (error: unknown): FileTrouble => {
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return "absent";
    case "ELOOP":
      return "link";
    // What open(2) says of a socket, and of a device that nobody drives.
    case "ENXIO":
    case "ENODEV":
      return "no-file";
    default:
      return "unreadable";
  }
};

const attempt = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw error instanceof FileRefused ? error : new FileRefused(troubleOf(error), error);
  }
};

/**
 * Opens a regular file for reading, and nothing else: a FIFO, a device, a socket or a folder is refused at once, and so
 * is a symlink as the last part of the path. The caller closes. Throws `FileRefused`; never blocks.
 */
export const openRegular = (path: string | Buffer): number =>
  attempt(() => {
    // A device is not even opened: that alone may act.
    const named = lstatSync(path);
    if (named.isSymbolicLink()) throw new FileRefused("link");
    if (!named.isFile()) throw new FileRefused("no-file");
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    // It may have been replaced in between: what is open is what counts.
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    throw new FileRefused("no-file");
  });

/** All of an open file from its start, if that is not more than `max` bytes. It may grow meanwhile: what is read is what counts. */
export const readOpen = (fd: number, max: number): Buffer =>
  attempt(() => {
    const { size } = fstatSync(fd);
    if (size > max) throw new FileRefused("too-large");
    // One byte more than there should be: a file that has grown shows.
    const buffer = Buffer.alloc(Math.min(size, max) + 1);
    let length = 0;
    for (;;) {
      const read = readSync(fd, buffer, length, buffer.length - length, length);
      length += read;
      if (read === 0) return buffer.subarray(0, length);
      if (length === buffer.length) throw new FileRefused("too-large");
    }
  });

/** The content of a regular file of at most `max` bytes. Throws `FileRefused`; never blocks, whatever lies there. */
export const readRegular = (path: string, max: number): Buffer => {
  const fd = openRegular(path);
  try {
    return readOpen(fd, max);
  } finally {
    closeSync(fd);
  }
};
