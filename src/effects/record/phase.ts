/** The phases as people know them, in order, by the states of the run's chart. */
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

type Phase = (typeof phases)[number][1];

export const phaseNames: readonly Phase[] = [...new Set(phases.map(([, name]) => name))];

/** Every run goes through these phases, however it went, so a run never fails in one of them. */
const afterwards: ReadonlySet<string> = new Set<Phase>(["tearingDown", "reporting"]);

/** The last phase of work that the run entered: where it ended if it did not pass. */
export const lastPhaseOfWork = (entered: readonly { readonly name: string }[]): string | null =>
  entered.findLast(({ name }) => !afterwards.has(name))?.name ?? null;

/** The phase of a state of the run; null if it belongs to none (`released`). */
export const phaseOf = (leaf: string): Phase | null =>
  phases.find(([state]) => leaf === state || leaf.startsWith(`${state}.`))?.[1] ?? null;
