import { isFinal, listOf, type RawState } from "../support/chart-lint/raw.js";
import { sitesOf, stateAt, type Draft } from "./chart-copy.js";
import { candidatesIn, dropHandler, handlersOf, setCandidates, type Handler } from "./handlers.js";

/** One fault seeded into a chart. */
export interface Mutation {
  readonly operator: string;
  readonly where: string;
  readonly apply: (draft: Draft) => void;
}

type Operator = (root: RawState) => readonly Mutation[];

const everyHandler = (root: RawState): readonly Handler[] => sitesOf(root).flatMap(({ raw, keys }) => handlersOf(raw, keys));

const perHandler =
  (operator: string, fits: (at: Handler) => boolean, apply: (draft: Draft, at: Handler) => void): Operator =>
  (root) =>
    everyHandler(root)
      .filter(fits)
      .map((at) => ({ operator, where: at.name, apply: (draft) => apply(draft, at) }));

const perCandidate =
  (
    operator: string,
    fits: (candidate: Handler["candidates"][number], at: Handler) => boolean,
    apply: (candidate: Record<string, unknown>, at: Handler, root: RawState) => void,
  ): Operator =>
  (root) =>
    everyHandler(root).flatMap((at) =>
      at.candidates.flatMap((candidate, index) =>
        fits(candidate, at)
          ? [
              {
                operator,
                where: at.candidates.length === 1 ? at.name : `${at.name} #${index + 1}`,
                apply: (draft: Draft) => {
                  const found = candidatesIn(draft, at)[index];
                  if (found !== undefined) apply(found, at, root);
                },
              },
            ]
          : [],
      ),
    );

/** The next state beside the one meant, or null where there is none. */
const siblingOf = (root: RawState, keys: readonly string[], target: unknown): string | null => {
  if (typeof target !== "string") return null;
  const parts = target.startsWith("#") ? target.slice(1).split(".").slice(1) : [...keys.slice(0, -1), ...target.split(".")];
  const parent = sitesOf(root).find((site) => site.keys.join(".") === parts.slice(0, -1).join("."))?.raw;
  const names = Object.keys(parent?.states ?? {});
  const next = names[(names.indexOf(parts.at(-1) ?? "") + 1) % names.length];
  return next === undefined || next === parts.at(-1) ? null : `#${[String(root["id"]), ...parts.slice(0, -1), next].join(".")}`;
};

const dropIgnored = perHandler(
  "ignored event dropped",
  ({ owner, candidates }) => owner[0] === "on" && candidates.every(({ target }) => target === undefined),
  dropHandler,
);
const dropEvent = perHandler(
  "event dropped",
  ({ owner, candidates }) => owner[0] === "on" && candidates.some(({ target }) => target !== undefined),
  dropHandler,
);
const dropDelay = perHandler("delay dropped", ({ owner }) => owner[0] === "after", dropHandler);
const dropError = perHandler("onError dropped", ({ key }) => key === "onError", dropHandler);
const dropDone = perHandler("onDone dropped", ({ key }) => key === "onDone", dropHandler);
const dropAlways = perHandler("always dropped", ({ key }) => key === "always", dropHandler);
const emptyHandler = perHandler(
  "forbidden by []",
  ({ owner }) => owner[0] === "on",
  (draft, at) => setCandidates(draft, at, []),
);
const dropCandidate: Operator = (root) =>
  everyHandler(root).flatMap((at) =>
    at.candidates.length < 2
      ? []
      : at.candidates.map((_, index) => ({
          operator: "candidate dropped",
          where: `${at.name} #${index + 1}`,
          apply: (draft: Draft) =>
            setCandidates(
              draft,
              at,
              candidatesIn(draft, at).filter((_one, other) => other !== index),
            ),
        })),
  );
const swapOrder = perHandler(
  "candidates reversed",
  ({ candidates }) => candidates.length > 1,
  (draft, at) => setCandidates(draft, at, candidatesIn(draft, at).toReversed()),
);
const dropGuard = perCandidate(
  "guard removed",
  ({ guard }) => guard !== undefined,
  (candidate) => delete candidate["guard"],
);
const dropActions = perCandidate(
  "actions removed",
  ({ actions }) => actions !== undefined,
  (candidate) => delete candidate["actions"],
);
const dropTarget = perCandidate(
  "target removed",
  ({ target }) => target !== undefined,
  (candidate) => delete candidate["target"],
);
const wrongTarget = perCandidate(
  "target swapped",
  ({ target }) => target !== undefined,
  (candidate, at, root) => {
    candidate["target"] = siblingOf(root, at.keys, candidate["target"]) ?? candidate["target"];
  },
);
const typoTarget = perCandidate(
  "target misspelt",
  ({ target }, at) => target !== undefined && at.key === "onError",
  (candidate) => (candidate["target"] = `${String(candidate["target"])}x`),
);
const reenter = perCandidate(
  "ignored event re-enters",
  ({ target }, at) => target === undefined && at.owner[0] === "on",
  (candidate, at) => {
    candidate["target"] = at.keys.at(-1);
    candidate["reenter"] = true;
  },
);
const guardIgnored = perCandidate(
  "ignored event guarded",
  ({ target, guard }, at) => target === undefined && guard === undefined && at.owner[0] === "on",
  (candidate) => (candidate["guard"] = () => false),
);
const inlineAction = perCandidate(
  "action made inline",
  ({ actions }, at) => actions !== undefined && at.owner[0] === "after",
  (candidate) => (candidate["actions"] = () => undefined),
);

const perState =
  (operator: string, fits: (raw: RawState, keys: readonly string[]) => boolean, apply: (state: Draft, draft: Draft) => void): Operator =>
  (root) =>
    sitesOf(root)
      .filter(({ raw, keys }) => fits(raw, keys))
      .map(({ keys }) => ({
        operator,
        where: keys.join(".") || "root",
        apply: (draft) => apply(stateAt(draft, keys), draft),
      }));

const dropInvoke = perState(
  "invoke dropped",
  ({ invoke }) => invoke !== undefined,
  (state) => delete state["invoke"],
);
const dropEntry = perState(
  "entry dropped",
  ({ entry }) => entry !== undefined,
  (state) => delete state["entry"],
);
const dropTags = perState(
  "tags dropped",
  ({ tags }) => tags !== undefined,
  (state) => delete state["tags"],
);
const dropDescription = perState(
  "description dropped",
  ({ states }) => states !== undefined,
  (state) => delete state["description"],
);
const otherInitial = perState(
  "initial moved on",
  ({ initial, states }) => initial !== undefined && Object.keys(states ?? {}).length > 1,
  (state) => {
    const names = Object.keys(state.states ?? {});
    state["initial"] = names[(names.indexOf(String(state.initial)) + 1) % names.length];
  },
);
const finalOpened = perState(
  "final opened",
  (raw) => isFinal(raw),
  (state) => delete state["type"],
);
const typoDelay = perState(
  "delay misspelt",
  ({ after }) => after !== undefined,
  (state) => {
    state["after"] = Object.fromEntries(Object.entries(state.after ?? {}).map(([key, value]) => [`${key}x`, value]));
  },
);
const numericDelay = perState(
  "delay unnamed",
  ({ after }) => after !== undefined,
  (state) => {
    state["after"] = Object.fromEntries(Object.values(state.after ?? {}).map((value, index) => [String(5_000 + index), value]));
  },
);
const wildcard = perState(
  "events by wildcard",
  ({ on }) => on !== undefined,
  (state) => (state["on"] = { "*": Object.values(state.on ?? {})[0] }),
);
const sameId = perState(
  "invoke id shared",
  ({ invoke }, keys) => invoke !== undefined && keys.length > 0,
  (state, draft) => {
    const first = listOf(sitesOf(draft).find(({ raw }) => raw.invoke !== undefined && raw !== state)?.raw.invoke)[0] as
      | { id?: unknown }
      | undefined;
    for (const one of listOf(state.invoke) as { id?: unknown }[]) one.id = first?.id ?? one.id;
  },
);

/** What stands on a state is moved out to the root, where every state hears it. */
const hoist = (key: "on" | "after"): Operator =>
  perState(
    `${key} moved to the root`,
    (raw, keys) => raw[key] !== undefined && keys.length > 0,
    (state, draft) => {
      const moved = state[key];
      if (moved !== undefined) draft[key] = moved;
      delete state[key];
    },
  );

export const operators: readonly Operator[] = [
  dropIgnored,
  dropEvent,
  dropDelay,
  dropError,
  dropDone,
  dropAlways,
  emptyHandler,
  dropCandidate,
  swapOrder,
  dropGuard,
  dropActions,
  dropTarget,
  wrongTarget,
  typoTarget,
  reenter,
  guardIgnored,
  inlineAction,
  dropInvoke,
  dropEntry,
  dropTags,
  dropDescription,
  otherInitial,
  finalOpened,
  typoDelay,
  numericDelay,
  wildcard,
  sameId,
  hoist("on"),
  hoist("after"),
];
