import { RunError } from "../../machines/errors.js";

/** No file of a recipe that we read needs to be larger. */
export const recipeFileBytesMax = 1024 * 1024;

/** As much as an .env may have, which is made from the sample. It is read line by line many times. */
export const sampleBytesMax = 64 * 1024;
/** The largest abra.sh known to us has 20 KiB. */
export const abraShBytesMax = 256 * 1024;

const shownMax = 120;

/** A name for a message. A stranger chose it, so it is cut to what a person reads, without control characters. */
export const shownName = (name: string): string => {
  const printable = JSON.stringify(name).slice(1, -1);
  return printable.length <= shownMax ? printable : `${printable.slice(0, shownMax)}…`;
};

const hints = {
  "leads-out": "A recipe must be complete in itself: put a copy of the file into its repository.",
  link: "Put a plain file there.",
  "no-file": "Only plain files of the recipe are read: no folder, FIFO, socket or device.",
  "too-large": "A recipe's file may have 1 MiB, its .env.sample 64 KiB, its abra.sh 256 KiB.",
  unreadable: "Look at the file's permissions and the disk.",
  name: "Rename it.",
  attributes: "git would take minutes for it: name the folders, or leave the file out, for a run lays out every file as it is.",
} as const;

const reasons: Readonly<Record<keyof typeof hints, string>> = {
  "leads-out": "it leads out of the recipe",
  link: "it is a symlink",
  "no-file": "it is not a regular file",
  "too-large": "it is larger than 1 MiB",
  unreadable: "it cannot be read",
  name: "its name cannot be used",
  attributes: "it cannot be used",
};

/** The failure of a file that may not be read or written. `reason` is in our words and never quotes the content. */
export const recipeFileRefused = (
  name: string,
  why: keyof typeof hints,
  given: { reason?: string; exitCode?: 1 | 2; cause?: unknown } = {},
): RunError =>
  new RunError(
    { code: "recipe-file-refused", exitCode: given.exitCode ?? 1 },
    `the recipe's ${shownName(name)} is refused: ${given.reason ?? reasons[why]}`,
    {
      hint: hints[why],
      cause: given.cause,
    },
  );
