import { constants } from "node:os";

const { signals } = constants;

/** Docker's names beside those that node has. */
const realTime = /^RT(?:MIN(?:\+(?:[1-9]|1[0-5]))?|MAX(?:-(?:[1-9]|1[0-4]))?)$/;
const others: ReadonlySet<string> = new Set(["CLD"]);

const bareName = (text: string): string => text.toUpperCase().replace(/^SIG/, "");

/** What an engine (20.10) takes for a signal: a name, in any spelling, or a number, even one that there is not; but 0. */
export const isSignal = (text: string): boolean => {
  if (/^[-+]?\d+$/.test(text)) return Number(text) !== 0;
  const name = bareName(text);
  return `SIG${name}` in signals || others.has(name) || realTime.test(name);
};

/** A signal as docker takes it (`INT`, `SIGINT`, `2`), by node's name for it; TERM where none is given. */
export const asSignal = (text: string | undefined): NodeJS.Signals => {
  if (text === undefined || text === "") return "SIGTERM";
  const byNumber = Object.entries(signals).find(([, number]) => String(number) === text)?.[0];
  return (byNumber ?? `SIG${bareName(text)}`) as NodeJS.Signals;
};

/** The exit code of a container that a signal ended. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + signals[signal];
