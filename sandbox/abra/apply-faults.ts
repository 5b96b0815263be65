import { BadFaults, Faults } from "../shared/faults.js";

const hang = (isDeaf: boolean): Promise<never> => {
  if (isDeaf) for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
  setInterval(() => undefined, 60_000);
  return new Promise(() => undefined);
};

/**
 * Does what faults.json asks of this call before its own work, and returns what to do after it. `complain`: how the real
 * tool says that it gives up.
 */
export const applyFaults = async (
  root: string,
  words: readonly string[],
  complain: (text: string) => void,
): Promise<() => Promise<void>> => {
  let after = async (): Promise<void> => undefined;
  try {
    for (const pain of new Faults(root).painsFor(words.join(" "))) {
      if (pain.kind === "slow") await new Promise((resolve) => setTimeout(resolve, pain.ms));
      else if (pain.kind === "exit") {
        if (pain.code !== 0) complain(`${words.slice(0, 3).join(" ")}: told to fail by faults.json`);
        process.exit(pain.code);
      } else if (pain.kind === "garbage") {
        process.stdout.write("\u0000\u001B[31m%%% not what you asked for %%%\n");
        process.exit(0);
      } else if (pain.kind === "then-hang") after = () => hang(false);
      else await hang(pain.kind === "hang-deaf");
    }
  } catch (error) {
    if (!(error instanceof BadFaults)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(125);
  }
  return after;
};
