/** The phases people think in, by the run chart's states. */
const phases: readonly (readonly [string, string])[] = [
  ["prepare", "prepare"],
  ["holding.acquire", "acquire"],
  ["holding.running.recover", "recover"],
  ["holding.running.deploy", "deploy"],
  ["holding.running.test", "test"],
  ["holding.tearingDown", "tearingDown"],
  ["reporting", "reporting"],
];

/** The phase of a run's state, or null for one that belongs to none (`released`). */
export const phaseOf = (leaf: string): string | null =>
  phases.find(([state]) => leaf === state || leaf.startsWith(`${state}.`))?.[1] ?? null;
