import type { Ending } from "../../shared/caller.js";

/** The text as an argument of the shell's `printf %b`, on one line. */
const quoted = (text: string): string =>
  `'${text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("\n", String.raw`\n`)
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001F]/g, (char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, "0")}`)
    .replaceAll("'", String.raw`'\''`)}'`;

const redirections = { out: "", err: " >&2" } as const;

export type Output = keyof typeof redirections;

/** A line of shell that prints a text. */
export const printing = (text: string, to: Output): string => `printf '%b' ${quoted(text)}${redirections[to]}`;

/** A line of shell that prints the desk's file of that name. */
export const printingFile = (to: Output): string => `cat "$desk/${to}"${redirections[to]}`;

/** A line of shell that writes a line into the door's FIFO. */
export const toDoor = (text: string): string => `echo "${text}" 1<>"$door"`;

/** Commands of the shell that end it, or make it hang. */
export const endingWith = (ending: Ending): string => {
  if (ending === "hang") return "exec sleep 86400";
  if (ending === "hang-deaf") return "trap '' TERM INT HUP; exec sleep 86400";
  return `exit ${ending}`;
};
