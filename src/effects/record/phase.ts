/** The phases that people think in, in their order, by the states of the run's chart. */
const phases = [
  ["prepare", "prepare"],
  ["holding.acquire", "acquire"],
  ["holding.running.recover", "recover"],
  ["holding.running.deps", "deploy"],
  ["holding.running.deploy", "deploy"],
  ["holding.running.test", "test"],
  ["holding.running.picturing", "test"],
  ["holding.running.hold", "test"],
  ["holding.tearingDown", "tearingDown"],
  ["reporting", "reporting"],
] as const;

export type Phase = (typeof phases)[number][1];

export const phaseNames: readonly Phase[] = [...new Set(phases.map(([, name]) => name))];

/** Every run goes through these, however it went: the phase that a run did not get through is none of them. */
const afterwards: ReadonlySet<string> = new Set<Phase>(["tearingDown", "reporting"]);

/** The last phase of the run's own work that was entered: where it ended, if it did not pass. */
export const lastPhaseOfWork = (entered: readonly { readonly name: string }[]): string | null => entered.findLast(({ name }) => !afterwards.has(name))?.name ?? null;

/** The phase of a run's state, or null for one that belongs to none (`released`). */
export const phaseOf = (leaf: string): Phase | null =>
  phases.find(([state]) => leaf === state || leaf.startsWith(`${state}.`))?.[1] ?? null;
