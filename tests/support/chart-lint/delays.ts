import { finding, implementationsOf, type Rule } from "./finding.js";

/** setTimeout fires at once beyond this. ms */
const longestMs = 2 ** 31 - 1;

const valueOf = (delay: unknown, sample: unknown): unknown =>
  typeof delay === "function" ? (delay as (given: unknown) => unknown)({ context: sample, event: { type: "lint" } }) : delay;

/** xstate takes a delay that it does not know for none at all, and fires at once. */
export const unknownDelay: Rule = ({ machine, visits }) => {
  const known = implementationsOf(machine, "delays");
  return visits.flatMap(({ path, raw }) =>
    Object.keys(raw.after ?? {}).flatMap((name) => {
      if (/^\d+$/.test(name)) return [finding("inline-delay", path, `after ${name} has no name: a budget nobody can find`)];
      return name in known ? [] : [finding("unknown-delay", path, `no delay is called ${name}: it would fire at once`)];
    }),
  );
};

/** Not finite, not positive, or longer than a timer can hold: all of these fire at once. */
export const delayRange: Rule = ({ machine, visits, sample }) => {
  const known = implementationsOf(machine, "delays");
  const used = new Set(visits.flatMap(({ raw }) => Object.keys(raw.after ?? {})));
  return [...used].flatMap((name) => {
    if (!(name in known)) return [];
    const value = valueOf(known[name], sample);
    const isFit = typeof value === "number" && Number.isFinite(value) && value >= 1 && value <= longestMs;
    return isFit ? [] : [finding("delay-range", machine.id, `${name} is ${String(value)} ms: it would fire at once`)];
  });
};
