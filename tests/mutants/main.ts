import { machines } from "../../src/cli/chart/machines.js";
import { equivalents } from "./equivalents.js";
import { fatesOf, type Fate } from "./run-mutants.js";

const wantedShare = 0.95;

const idOf = ({ chart, operator, where }: Fate): string => `${chart} | ${operator} | ${where}`;

const tally = (fates: readonly Fate[], by: (fate: Fate) => string): readonly string[] => {
  const groups = new Map<string, { all: number; killed: number }>();
  for (const fate of fates) {
    const group = groups.get(by(fate)) ?? { all: 0, killed: 0 };
    groups.set(by(fate), { all: group.all + 1, killed: group.killed + (fate.killedBy === null ? 0 : 1) });
  }
  return [...groups].map(([name, { all, killed }]) => `  ${`${killed}/${all}`.padStart(9)}  ${name}`);
};

const checkOf = ({ killedBy }: Fate): string =>
  killedBy === null ? "nothing" : (/^(lint \S+|invariant \S+|course|throws)/.exec(killedBy)?.[0] ?? killedBy);

/** Seeds the faults, prints what noticed them, and gives the exit code: 1 when too few were, or one survived unargued. */
export const main = (print: (line: string) => void): number => {
  const fates: Fate[] = [];
  for (const fate of fatesOf(machines)) {
    fates.push(fate);
    if (fate.killedBy === null)
      print(`survived: ${idOf(fate)}${equivalents[idOf(fate)] === undefined ? "" : `, equivalent: ${equivalents[idOf(fate)]}`}`);
  }
  const survivors = fates.filter(({ killedBy }) => killedBy === null).map(idOf);
  const unargued = survivors.filter((id) => equivalents[id] === undefined);
  const stale = Object.keys(equivalents).filter((id) => !survivors.includes(id));
  const killed = fates.length - survivors.length;
  print("by fault:");
  for (const line of tally(fates, ({ operator }) => operator)) print(line);
  print("by chart:");
  for (const line of tally(fates, ({ chart }) => chart)) print(line);
  print("noticed by:");
  for (const line of tally(fates, checkOf)) print(line);
  for (const id of stale) print(`argued to be equivalent, but it is not there or was noticed: ${id}`);
  print(
    `${killed} of ${fates.length} seeded faults were noticed (${((100 * killed) / fates.length).toFixed(1)} %), ${survivors.length - unargued.length} more are equivalent, ${unargued.length} survived`,
  );
  return killed / fates.length >= wantedShare && unargued.length === 0 && stale.length === 0 ? 0 : 1;
};
