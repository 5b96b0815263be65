import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Small enough to be full at once, large enough for a batch's runs. */
const size = "48m";

/** Mounting needs root and a kernel that lets it. */
export const canMount = (): boolean => {
  try {
    const probe = `/tmp/recipe-ci-mount-probe-${process.pid}`;
    mkdirSync(probe);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", probe], { stdio: "ignore" });
      execFileSync("umount", [probe], { stdio: "ignore" });
      return true;
    } finally {
      rmSync(probe, { recursive: true, force: true });
    }
  } catch {
    return false;
  }
};

export interface SmallDisk {
  readonly fill: () => void;
  readonly free: () => void;
  readonly remove: () => void;
}

/** A file system of its own for a folder, that can be filled to the last byte. */
export const mountSmallDisk = (folder: string): SmallDisk => {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  const filler = join(folder, ".filler");
  return {
    fill: () => {
      const fd = openSync(filler, "a");
      try {
        for (let chunk = 1 << 20; chunk >= 1; ) {
          try {
            writeSync(fd, Buffer.alloc(chunk));
          } catch {
            chunk >>= 1; // ENOSPC: smaller ones may still fit.
          }
        }
      } finally {
        closeSync(fd);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => void execFileSync("umount", ["--lazy", folder], { stdio: "ignore" }),
  };
};
