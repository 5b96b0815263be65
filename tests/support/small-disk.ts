import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "./children.js";

export interface SmallDisk {
  /** Fills the disk to the last byte. */
  readonly fill: () => void;
  readonly free: () => void;
  readonly remove: () => void;
}

/** Mounts a file system of a size like `4m` at a folder. Needs root, and a kernel that allows root to mount. */
export const mountSmallDisk = (folder: string, size: string): SmallDisk => {
  mkdirSync(folder, { recursive: true });
  must("mount", ["-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", folder]);
  const filler = join(folder, ".filler");
  return {
    fill: () => {
      const fd = openSync(filler, "a");
      try {
        for (let chunk = 1 << 20; chunk >= 1;) {
          try {
            writeSync(fd, Buffer.alloc(chunk));
          } catch {
            chunk >>= 1; // ENOSPC: a smaller chunk may still fit.
          }
        }
      } finally {
        closeSync(fd);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => void must("umount", ["--lazy", folder]),
  };
};

export const canMount = (): boolean => {
  const probe = mkdtempSync(join(tmpdir(), "recipe-ci-mount-"));
  try {
    mountSmallDisk(probe, "4k").remove();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
};
