import { testUnless } from "../../support/programs.js";
import { canMount, mountSmallDisk, type SmallDisk } from "../../support/small-disk.js";

export const onDisk = testUnless(canMount() ? null : "no disk can be mounted here (run the tests as root, with mount on PATH)");

/** Mounts a disk of that size (as `4m`) on the folder until the act is over. */
export const withDisk = async (dir: string, size: string, act: (disk: SmallDisk) => Promise<void>): Promise<void> => {
  const disk = mountSmallDisk(dir, size);
  try {
    await act(disk);
  } finally {
    disk.remove();
  }
};
