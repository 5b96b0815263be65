import type { AnyStateNode } from "xstate";
import { finding, type Finding, type Rule } from "./finding.js";
import { isFinal, slotsOf, type RawState } from "./raw.js";

export const undescribed: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }) =>
    typeof raw.description === "string" && raw.description.trim() !== ""
      ? []
      : [finding("no-description", path, "a reader of the chart learns nothing about it")],
  );

const stateKeys = new Set(
  "id description type tags meta order states initial history target entry exit on after always onDone invoke output".split(" "),
);
const rootKeys = new Set([...stateKeys, "context", "version", "schemas", "types", "options"]);

/** xstate says nothing about a key it does not know: a misspelt `on` is no handler at all. */
export const unknownKey: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw, ancestors }) => {
    const known = ancestors.length === 0 ? rootKeys : stateKeys;
    return Object.keys(raw).flatMap((key) => (known.has(key) ? [] : [finding("unknown-key", path, `xstate does not know ${key}`)]));
  });

/** A misspelt `initial` shows only when the chart gets there. */
export const badInitial: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }): readonly Finding[] => {
    if (raw.states === undefined || raw.type === "parallel") return [];
    return typeof raw.initial === "string" && raw.initial in raw.states
      ? []
      : [finding("unknown-initial", path, `there is no ${String(raw.initial)} to begin in`)];
  });

const familyOf = (node: AnyStateNode): readonly AnyStateNode[] => [node, ...(node.parent === undefined ? [] : familyOf(node.parent))];

const entered = (node: AnyStateNode, into: Set<AnyStateNode>): void => {
  for (const one of familyOf(node)) into.add(one);
  if (node.type === "parallel") for (const child of Object.values(node.states)) entered(child, into);
  if (node.type === "compound") {
    const first = node.states[String((node.config as unknown as RawState).initial)];
    if (first !== undefined && !into.has(first)) entered(first, into);
  }
};

const everyNode = (node: AnyStateNode): readonly AnyStateNode[] => [node, ...Object.values(node.states).flatMap(everyNode)];

/** No transition and no initial leads there. That one does says nothing yet about its guard: the explorer walks. */
export const unreachable: Rule = ({ machine }) => {
  const root = machine.root as AnyStateNode;
  const reached = new Set<AnyStateNode>();
  entered(root, reached);
  let before = 0;
  while (before < reached.size) {
    before = reached.size;
    for (const node of [...reached])
      for (const { target } of [...node.transitions.values()].flat().concat(node.always ?? []))
        for (const one of target ?? []) entered(one as AnyStateNode, reached);
  }
  return everyNode(root).flatMap((node) => (reached.has(node) ? [] : [finding("unreachable", node.id, "nothing leads here")]));
};

/** A state that nothing leaves and that is not an end. */
export const deadEnd: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw, ancestors }) =>
    raw.states === undefined &&
    !isFinal(raw) &&
    ![raw, ...ancestors.slice(1)].some((one) =>
      slotsOf(one).some(({ candidates }) => candidates.some(({ target }) => target !== undefined)),
    )
      ? [finding("dead-end", path, "nothing leads out of it")]
      : [],
  );

/** Who invokes the chart gets undefined without one, and the compiler does not mind. */
export const noOutput: Rule = ({ machine, visits }) => {
  const root = visits[0]?.raw ?? {};
  return Object.values(root.states ?? {}).some(isFinal) && root["output"] === undefined
    ? [finding("no-output", machine.id, "ends without saying how")]
    : [];
};

/** An endless `always` cycle must be an error, not a process that hangs. */
export const endlessLoop: Rule = ({ machine, visits }) => {
  const options = (visits[0]?.raw["options"] ?? {}) as { readonly maxIterations?: unknown };
  return visits.some(({ raw }) => raw.always !== undefined) && typeof options.maxIterations !== "number"
    ? [finding("no-max-iterations", machine.id, "has `always` and no options.maxIterations: a cycle would hang the process")]
    : [];
};
