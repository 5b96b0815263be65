import { constants } from "node:os";

const { signals } = constants;

const bareName = (text: string): string => text.toUpperCase().replace(/^SIG/, "");

/** Node's name for a signal in docker's forms (`INT`, `SIGINT`, `2`); TERM if none is given. */
export const asSignal = (text: string | undefined): NodeJS.Signals => {
  if (text === undefined || text === "") return "SIGTERM";
  const byNumber = Object.entries(signals).find(([, number]) => String(number) === text)?.[0];
  return (byNumber ?? `SIG${bareName(text)}`) as NodeJS.Signals;
};

/** A signal that is given as a number and that Linux does not have, as an engine shows it; null for any other. glibc keeps 32 and 33. */
export const unsupportedNumber = (text: string): string | null => {
  if (!/^[-+]?\d+$/.test(text)) return null;
  const number = Number(text);
  return number >= 1 && number <= 64 && number !== 32 && number !== 33 ? null : String(BigInt.asUintN(64, BigInt(text)));
};

/** The exit code of a container that a signal ended. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + signals[signal];
