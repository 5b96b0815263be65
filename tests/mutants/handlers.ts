import { listOf, type RawState } from "../support/chart-lint/raw.js";
import { stateAt, type Draft } from "./chart-copy.js";

export type Candidate = { target?: unknown; guard?: unknown; actions?: unknown; [key: string]: unknown };

/** One place of a chart where transitions are written. */
export interface Handler {
  readonly keys: readonly string[];
  /** The object that has it: the state itself, its `on`, its `after`, or an invoke. */
  readonly owner: readonly (string | number)[];
  readonly key: string;
  readonly name: string;
  readonly candidates: readonly Candidate[];
}

const normal = (written: unknown): readonly Candidate[] =>
  listOf(written).map((one) => (typeof one === "string" ? { target: one } : (one as Candidate)));

const handler = (
  keys: readonly string[],
  owner: readonly (string | number)[],
  key: string,
  label: string,
  written: unknown,
): readonly Handler[] =>
  written === undefined ? [] : [{ keys, owner, key, name: `${keys.join(".") || "root"}: ${label}`, candidates: normal(written) }];

export const handlersOf = (raw: RawState, keys: readonly string[]): readonly Handler[] => [
  ...Object.entries(raw.on ?? {}).flatMap(([event, written]) => handler(keys, ["on"], event, event, written)),
  ...Object.entries(raw.after ?? {}).flatMap(([delay, written]) => handler(keys, ["after"], delay, `after ${delay}`, written)),
  ...handler(keys, [], "always", "always", raw.always),
  ...handler(keys, [], "onDone", "all done", raw.onDone),
  ...listOf(raw.invoke).flatMap((one, index) => {
    const invoke = one as Readonly<Record<string, unknown>>;
    const owner = Array.isArray(raw.invoke) ? ["invoke", index] : ["invoke"];
    return ["onDone", "onError"].flatMap((key) => handler(keys, owner, key, `${String(invoke["id"])} ${key}`, invoke[key]));
  }),
];

const ownerIn = (draft: Draft, { keys, owner }: Handler): Record<string, unknown> => {
  let found: unknown = stateAt(draft, keys);
  for (const step of owner) found = (found as Record<string | number, unknown>)[step];
  return found as Record<string, unknown>;
};

/** The candidates as written in a draft, each an object, to be changed in place. */
export const candidatesIn = (draft: Draft, at: Handler): Candidate[] => {
  const owner = ownerIn(draft, at);
  const list = [...normal(owner[at.key])];
  owner[at.key] = list.length === 1 ? list[0] : list;
  return list;
};

export const setCandidates = (draft: Draft, at: Handler, list: readonly Candidate[]): void => {
  ownerIn(draft, at)[at.key] = list;
};

export const dropHandler = (draft: Draft, at: Handler): void => {
  delete ownerIn(draft, at)[at.key];
};
