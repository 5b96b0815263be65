import type { StateModel, TransitionModel } from "./model.js";

/** One arrow: all transitions from one state to one other. */
export interface Arrow {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly TransitionModel[];
}

/** Every state of a chart, outermost first. */
export const everyState = (state: StateModel): readonly StateModel[] => [state, ...state.states.flatMap(everyState)];

const arrowsOf = (state: StateModel): readonly Arrow[] => {
  const byTarget = new Map<string, TransitionModel[]>();
  for (const transition of state.transitions) {
    if (transition.target === null) continue;
    byTarget.set(transition.target, [...(byTarget.get(transition.target) ?? []), transition]);
  }
  return [...byTarget].map(([target, transitions]) => ({ id: `${state.id}->${target}`, source: state.id, target, transitions }));
};

export const arrowsIn = (chart: StateModel): readonly Arrow[] => everyState(chart).flatMap(arrowsOf);

/** The transitions that leave from inside a folded state, one line for each kind and target. The detailed picture has the rest. */
const gathered = (transitions: readonly TransitionModel[]): readonly TransitionModel[] => {
  const groups = new Map<string, TransitionModel[]>();
  for (const one of transitions)
    groups.set(`${one.kind} ${one.target ?? ""}`, [...(groups.get(`${one.kind} ${one.target ?? ""}`) ?? []), one]);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const events = [...new Set(group.map(({ event }) => event))].join(", ");
    return first === undefined ? [] : [{ ...first, event: events, delayMs: null, guard: null, actions: [], description: null }];
  });
};

/**
 * The chart with some states folded, for a picture that fits a page. Their children disappear in them, and the children's
 * arrows begin and end at them. An arrow that would then lead from a state to itself is only in the detailed picture.
 *
 * `gather`: how to label the transitions that leave from inside a folded state.
 */
export const foldedAt = (chart: StateModel, fold: ReadonlySet<string>, gather = gathered): StateModel => {
  const owner = new Map<string, string>();
  const claim = (state: StateModel, by: string | null): void => {
    const mine = by ?? (fold.has(state.id) ? state.id : null);
    owner.set(state.id, mine ?? state.id);
    for (const child of state.states) claim(child, mine);
  };
  claim(chart, null);
  const redirect = (transition: TransitionModel): TransitionModel =>
    transition.target === null ? transition : { ...transition, target: owner.get(transition.target) ?? transition.target };
  const leaving = (state: StateModel, of: string): readonly TransitionModel[] => [
    ...state.transitions.map(redirect).filter(({ target }) => target !== null && target !== of),
    ...state.states.flatMap((child) => leaving(child, of)),
  ];
  const rebuild = (state: StateModel): StateModel => {
    if (!fold.has(state.id)) return { ...state, transitions: state.transitions.map(redirect), states: state.states.map(rebuild) };
    const own = state.transitions.filter(({ target }) => target === null);
    const away = state.transitions.map(redirect).filter(({ target }) => target !== null && target !== state.id);
    const inner = gather(state.states.flatMap((child) => leaving(child, state.id)));
    const folded = state.states.map(({ key }) => key);
    return {
      ...state,
      type: "atomic",
      initial: null,
      states: [],
      ...(folded.length === 0 ? {} : { folded }),
      transitions: [...own, ...away, ...inner],
    };
  };
  return rebuild(chart);
};

/** One state of a chart as a chart of its own. Arrows that leave it end at a stub named after their target. */
export const detailOf = (chart: StateModel, id: string): StateModel | null => {
  const state = everyState(chart).find((one) => one.id === id);
  if (state === undefined) return null;
  const inside = new Set(everyState(state).map((one) => one.id));
  const outside = new Set(
    everyState(state).flatMap(({ transitions }) =>
      transitions.flatMap(({ target }) => (target !== null && !inside.has(target) ? [target] : [])),
    ),
  );
  const stubs = [...outside].map((target): StateModel => ({
    id: target,
    key: target.slice(chart.id.length + 1),
    type: "atomic",
    description: null,
    tags: ["elsewhere"],
    entry: [],
    exit: [],
    invokes: [],
    initial: null,
    transitions: [],
    states: [],
  }));
  return { ...chart, description: null, entry: [], exit: [], invokes: [], initial: null, transitions: [], states: [state, ...stubs] };
};
