import { setTimeout as pause } from "node:timers/promises";
import { heldLocks, livingProcesses } from "./held.js";
import { dockerLeaks, ledgerLeaks, envLeaks, fileLeaks } from "./objects.js";
import { judgeRecords, type Harm } from "./records.js";
import { accountsIn } from "./run-files.js";
import { twoHolders } from "./two-holders.js";
import type { Finding, OracleWorld } from "./world.js";

/** All that a world without living runs must be without: objects, files, processes, locks. */
export const findLeaks = async (world: OracleWorld): Promise<readonly Finding[]> => [
  ...(await dockerLeaks(world)),
  ...(await ledgerLeaks(world)),
  ...envLeaks(world),
  ...fileLeaks(world),
  ...livingProcesses(world),
  ...heldLocks(world),
];

/** The stand-ins' own processes may take this long to see that their service is gone. */
const settleMs = 3_000;

/** The same, after what only needs a moment had one. Docker's objects are not waited for: a verified teardown left none. */
export const findLeaksAtRest = async (world: OracleWorld): Promise<readonly Finding[]> => {
  const objects = [...(await dockerLeaks(world)), ...(await ledgerLeaks(world))];
  const until = performance.now() + settleMs;
  for (;;) {
    const rest = [...envLeaks(world), ...fileLeaks(world), ...livingProcesses(world), ...heldLocks(world)];
    if (rest.length === 0 || performance.now() > until) return [...objects, ...rest];
    await pause(20);
  }
};

export interface Deeds {
  readonly harmOf: (runId: string) => Harm;
  readonly killedAt: ReadonlyMap<string, number>;
}

/** What the runs' own files give away: two holders, green though stopped, an end that nothing explains. */
export const judgeRuns = (world: OracleWorld, { harmOf, killedAt }: Deeds): readonly Finding[] => {
  const accounts = accountsIn(world.runsDir);
  return [...twoHolders(accounts, killedAt), ...judgeRecords(world, accounts, harmOf)];
};

export const describeFindings = (findings: readonly Finding[]): string => findings.map(({ kind, what }) => `${kind}: ${what}`).join("\n");
