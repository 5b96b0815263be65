import { isOfStack } from "../names.js";
import type { StackName } from "../vocabulary.js";
import { keyOf, type Ledger, type OwnableObject } from "./ledger.js";

/**
 * Why an app counts as a run's. `none`: its name has the form of a run app's, but nothing shows that a run made it.
 *
 * `signed`: a run made it, but its ledger is lost. `adopted`: the operator said that everything with that name may go.
 */
export type Claim =
  | { readonly kind: "ledger"; readonly ledger: Ledger }
  | { readonly kind: "signed"; readonly by: string }
  | { readonly kind: "adopted" }
  | { readonly kind: "none" };

/** The engine's own networks: tasks are attached to them, but they belong to no app. */
const predefined = new Set(["ingress", "bridge", "host", "none", "docker_gwbridge"]);

const stacksOf = (objects: readonly OwnableObject[]): ReadonlySet<string> => new Set(objects.flatMap(({ stackLabel }) => stackLabel ?? []));

/** Everything that claims to be the stack's by name or label, whoever owns it: what an operator sees by looking at names. */
export const saysItIsOf = (objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  const known = stacksOf(objects);
  return objects.filter((object) => isOfStack(object, stack, known));
};

/** Volumes and networks that only these containers use, unless their label or name says that they belong elsewhere. */
const usedOnlyBy = (
  containers: readonly OwnableObject[],
  objects: readonly OwnableObject[],
  stack: StackName,
): readonly OwnableObject[] => {
  const own = new Set(containers.map(keyOf));
  const used = new Set(containers.flatMap(({ uses }) => uses));
  for (const other of objects) if (other.kind === "container" && !own.has(keyOf(other))) for (const use of other.uses) used.delete(use);
  return objects.filter(
    ({ kind, id, name, stackLabel }) =>
      used.has(id) && (kind === "volume" || (kind === "network" && !predefined.has(name))) && (stackLabel === null || stackLabel === stack),
  );
};

/** With a ledger: what it lists as own, and everything new that is the stack's by label, name or use. */
const ownByLedger = ({ stack, foreign, own, named }: Ledger, objects: readonly OwnableObject[]): readonly OwnableObject[] => {
  const [before, noted] = [new Set(foreign), new Set(own.map(keyOf))];
  const isNew = (object: OwnableObject): boolean => !before.has(keyOf(object));
  const isNamed = ({ kind, name, stackLabel }: OwnableObject): boolean =>
    stackLabel === null && kind !== "env" && named[kind]?.includes(name) === true;
  const said = new Set(saysItIsOf(objects, stack));
  const direct = objects.filter((object) => isNew(object) && (noted.has(keyOf(object)) || said.has(object) || isNamed(object)));
  const used = usedOnlyBy(
    direct.filter(({ kind }) => kind === "container"),
    objects,
    stack,
  ).filter(isNew);
  return [...new Set([...direct, ...used])];
};

/** Without a ledger, label and name prefix must agree. abra gives secrets no label, so for them the prefix is enough. */
const ownByLabelAndPrefix = (objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] =>
  saysItIsOf(objects, stack).filter(
    ({ kind, name, stackLabel }) => kind === "env" || (name.startsWith(`${stack}_`) && (stackLabel === stack || kind === "secret")),
  );

/**
 * The objects that belong to the app and may be removed. `objects`: everything the engine has, and this app's .env files.
 *
 * Nothing else is ever touched or waited for.
 */
export const ownedBy = (claim: Claim, objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  switch (claim.kind) {
    case "ledger":
      return ownByLedger(claim.ledger, objects);
    case "signed":
      return ownByLabelAndPrefix(objects, stack);
    case "adopted":
      return saysItIsOf(objects, stack);
    case "none":
      return [];
  }
};

/** Objects that claim to be the app's and are not. They must survive, so nothing may act on the app by its name. */
export const strangersOf = (claim: Claim, objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  const own = new Set(ownedBy(claim, objects, stack));
  return saysItIsOf(objects, stack).filter((object) => !own.has(object));
};
