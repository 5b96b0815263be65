import { finding, implementationsOf, type Finding, type Rule, type Subject } from "./finding.js";
import { invokesOf, listOf, slotsOf } from "./raw.js";

interface Named {
  readonly type?: unknown;
  readonly to?: unknown;
  readonly assignment?: unknown;
}

const isInternal = (type: unknown): boolean => typeof type === "string" && type.startsWith("xstate.");

const nameOf = (reference: unknown): string | null => {
  if (typeof reference === "string") return reference;
  const type = (reference as Named | null)?.type;
  return typeof type === "string" ? type : null;
};

const checkName = (
  kind: "action" | "guard",
  reference: unknown,
  where: string,
  known: Readonly<Record<string, unknown>>,
): readonly Finding[] => {
  // `and`, `or` and `not` are functions that carry what they combine.
  if (kind === "guard" && typeof reference === "function" && "guards" in reference)
    return listOf(reference.guards).flatMap((inner) => checkName(kind, inner, where, known));
  const name = typeof reference === "function" ? null : nameOf(reference);
  if (name === null || isInternal(name)) return [finding(`inline-${kind}`, where, `the ${kind} has no name: a drawing cannot show it`)];
  return name in known ? [] : [finding(`unknown-${kind}`, where, `no ${kind} is called ${name}`)];
};

const actionsIn = ({ visits }: Subject): readonly { where: string; action: unknown }[] =>
  visits.flatMap(({ path, raw }) => [
    ...[raw.entry, raw.exit].flatMap(listOf).map((action) => ({ where: path, action })),
    ...slotsOf(raw).flatMap(({ slot, candidates }) =>
      candidates.flatMap(({ actions }) => listOf(actions).map((action) => ({ where: `${path} ${slot}`, action }))),
    ),
  ]);

export const unnamedAction: Rule = (subject) =>
  actionsIn(subject).flatMap(({ where, action }) => checkName("action", action, where, implementationsOf(subject.machine, "actions")));

export const unnamedGuard: Rule = ({ machine, visits }) =>
  visits.flatMap(({ path, raw }) =>
    slotsOf(raw).flatMap(({ slot, candidates }) =>
      candidates.flatMap(({ guard }) =>
        guard === undefined ? [] : checkName("guard", guard, `${path} ${slot}`, implementationsOf(machine, "guards")),
      ),
    ),
  );

const assignmentText = (action: unknown): string => {
  const assignment = (action as Named | null)?.assignment;
  if (typeof assignment === "function") return String(assignment);
  return typeof assignment === "object" && assignment !== null ? Object.values(assignment).map(String).join("\n") : "";
};

/** A spawned actor belongs to no state: nothing stops it when the chart moves on. */
export const spawns: Rule = (subject) =>
  [
    ...Object.entries(implementationsOf(subject.machine, "actions")),
    ...actionsIn(subject).map(({ where, action }) => [where, action] as const),
  ].flatMap(([where, action]) =>
    nameOf(action) === "xstate.spawnChild" || /\bspawn(Child)?\s*\(/.test(assignmentText(action))
      ? [finding("spawn", where, "starts an actor that no state owns")]
      : [],
  );

/** Sending to an actor that is not there breaks the chart. */
export const unknownRecipient: Rule = ({ machine, visits }) => {
  const ids = new Set(visits.flatMap(({ raw }) => invokesOf(raw).map(({ id }) => id)));
  return Object.entries(implementationsOf(machine, "actions")).flatMap(([name, action]) => {
    const { type, to } = (action ?? {}) as Named;
    return type === "xstate.sendTo" && typeof to === "string" && !ids.has(to)
      ? [finding("unknown-recipient", name, `no actor is called ${to}`)]
      : [];
  });
};
