import { constants } from "node:os";

const { signals } = constants;

const bareName = (text: string): string => text.toUpperCase().replace(/^SIG/, "");

/** Node's name for a signal in docker's forms (`INT`, `SIGINT`, `2`); TERM if none is given. */
export const asSignal = (text: string | undefined): NodeJS.Signals => {
  if (text === undefined || text === "") return "SIGTERM";
  const byNumber = Object.entries(signals).find(([, number]) => String(number) === text)?.[0];
  return (byNumber ?? `SIG${bareName(text)}`) as NodeJS.Signals;
};

/** The exit code of a container that a signal ended. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + signals[signal];
