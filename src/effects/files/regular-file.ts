import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { codeOf } from "./error-code.js";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/** Why a file was not read. `absent` and `unreadable` come from the system; the others say what is there instead. */
type FileTrouble = "absent" | "link" | "no-file" | "too-large" | "unreadable";

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
    // open(2) says this of a socket, and of a device without a driver.
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
 * Opens a regular file for reading, and nothing else: refuses a FIFO, a device, a socket, a folder, or a symlink as the last
 * part of the path at once. The caller closes it. Throws `FileRefused`; never blocks.
 */
export const openRegular = (path: string | Buffer): number =>
  attempt(() => {
    // A device is not even opened, because opening it may have an effect.
    const named = lstatSync(path);
    if (named.isSymbolicLink()) throw new FileRefused("link");
    if (!named.isFile()) throw new FileRefused("no-file");
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    // It may have been replaced in between, so the open file is checked too.
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    throw new FileRefused("no-file");
  });

/** The whole content of an open file, if it has at most `max` bytes. The file may grow meanwhile; the bytes actually read are counted. */
export const readOpen = (fd: number, max: number): Buffer =>
  attempt(() => {
    const { size } = fstatSync(fd);
    if (size > max) throw new FileRefused("too-large");
    // One byte more than expected, which shows whether the file has grown.
    const buffer = Buffer.alloc(Math.min(size, max) + 1);
    let length = 0;
    for (;;) {
      const read = readSync(fd, buffer, length, buffer.length - length, length);
      length += read;
      if (read === 0) return buffer.subarray(0, length);
      if (length === buffer.length) throw new FileRefused("too-large");
    }
  });

/** The content of a regular file of at most `max` bytes. Throws `FileRefused`; never blocks, whatever is there. */
export const readRegular = (path: string, max: number): Buffer => {
  const fd = openRegular(path);
  try {
    return readOpen(fd, max);
  } finally {
    closeSync(fd);
  }
};
