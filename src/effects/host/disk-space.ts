import { statfsSync, type StatsFs } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../../machines/errors.js";

/** A folder that a run writes to, and how much it may need there. */
interface SpaceNeed {
  /** `runs folder`: its name for people. */
  readonly name: string;
  readonly dir: string;
  readonly bytes: number;
}

interface Space {
  readonly enough: boolean;
  /** `12 MiB free`, or `no inode free`. */
  readonly found: string;
}

const mebi = 1024 * 1024;

/** A run's record, log and clone of a recipe take 1 to 5 MiB; a card and an .env some hundred bytes. */
export const spaceNeeds = ({
  runsDir,
  lockDir,
  abraDir,
}: {
  readonly runsDir: string;
  readonly lockDir: string;
  readonly abraDir: string;
}): readonly SpaceNeed[] => [
  { name: "runs folder", dir: runsDir, bytes: 8 * mebi },
  { name: "lock folder", dir: lockDir, bytes: 64 * 1024 },
  { name: "abra folder", dir: abraDir, bytes: mebi },
];

const inodesMin = 64;

const sizeOf = (bytes: number): string => (bytes < mebi ? `${Math.floor(bytes / 1024)} KiB` : `${Math.floor(bytes / mebi)} MiB`);

/** The file system's figures for a folder, or for the nearest parent that exists. */
const statOf = (dir: string): StatsFs | null => {
  try {
    return statfsSync(dir);
  } catch {
    return dirname(dir) === dir ? null : statOf(dirname(dir));
  }
};

/** Whether a user without privileges has the room that is needed. A file system that does not say counts as having it. */
export const lookForSpace = ({ dir, bytes }: SpaceNeed): Space => {
  const stats = statOf(dir);
  if (stats === null || stats.blocks === 0) return { enough: true, found: "its size is not known" };
  const free = stats.bavail * stats.bsize;
  if (stats.files > 0 && stats.ffree < inodesMin) return { enough: false, found: `${stats.ffree} inodes free` };
  return { enough: free >= bytes, found: `${sizeOf(free)} free` };
};

/** Throws `no-space`, exit code 69, before anything begins that could not be recorded. */
export const assertSpace = (needs: readonly SpaceNeed[]): void => {
  for (const need of needs) {
    const { enough, found } = lookForSpace(need);
    if (enough) continue;
    throw new RunError("no-space", `the ${need.name} ${need.dir} has too little room for a run: ${found}, ${sizeOf(need.bytes)} needed`, {
      hint: "Free some space there, or choose another folder; then: recipe-ci doctor",
    });
  }
};
