import { isOfStack } from "../names.js";
import type { StackName } from "../vocabulary.js";
import { keyOf, type Ledger, type OwnableObject } from "./ledger.js";

/**
 * By what an app is known to be a run's. `none`: it has the form of a run's app and no sign that one made it.
 *
 * `signed`: a run made it, and its ledger is lost. `adopted`: the operator said that what carries the name may go.
 */
export type Claim =
  | { readonly kind: "ledger"; readonly ledger: Ledger }
  | { readonly kind: "signed"; readonly by: string }
  | { readonly kind: "adopted" }
  | { readonly kind: "none" };

/** The engine's own networks: a task is attached to them, and they are nobody's. */
const predefined = new Set(["ingress", "bridge", "host", "none", "docker_gwbridge"]);

const stacksOf = (objects: readonly OwnableObject[]): ReadonlySet<string> => new Set(objects.flatMap(({ stackLabel }) => stackLabel ?? []));

/** All that says that it is of the stack, whoever's it is: what an operator sees who looks at the names. */
export const saysItIsOf = (objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  const known = stacksOf(objects);
  return objects.filter((object) => isOfStack(object, stack, known));
};

/** Volumes and networks that these containers use and no other container does, as far as nothing says otherwise of them. */
const usedOnlyBy = (containers: readonly OwnableObject[], objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  const own = new Set(containers.map(keyOf));
  const used = new Set(containers.flatMap(({ uses }) => uses));
  for (const other of objects) if (other.kind === "container" && !own.has(keyOf(other))) for (const use of other.uses) used.delete(use);
  return objects.filter(
    ({ kind, id, name, stackLabel }) =>
      used.has(id) && (kind === "volume" || (kind === "network" && !predefined.has(name))) && (stackLabel === null || stackLabel === stack),
  );
};

/** With a ledger: what it has as own, and of what is new all that is the stack's by label, name or use. */
const ownByLedger = ({ stack, foreign, own, named }: Ledger, objects: readonly OwnableObject[]): readonly OwnableObject[] => {
  const [before, noted] = [new Set(foreign), new Set(own.map(keyOf))];
  const isNew = (object: OwnableObject): boolean => !before.has(keyOf(object));
  const isNamed = ({ kind, name, stackLabel }: OwnableObject): boolean => stackLabel === null && kind !== "env" && named[kind]?.includes(name) === true;
  const said = new Set(saysItIsOf(objects, stack));
  const direct = objects.filter((object) => isNew(object) && (noted.has(keyOf(object)) || said.has(object) || isNamed(object)));
  const used = usedOnlyBy(direct.filter(({ kind }) => kind === "container"), objects, stack).filter(isNew);
  return [...new Set([...direct, ...used])];
};

/** Without one, label and prefix must both agree. abra gives its secrets no label, so for them the prefix must do. */
const ownByLabelAndPrefix = (objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] =>
  saysItIsOf(objects, stack).filter(
    ({ kind, name, stackLabel }) => kind === "env" || (name.startsWith(`${stack}_`) && (stackLabel === stack || kind === "secret")),
  );

/**
 * What of all that exists is the app's to remove. `objects`: everything of the engine, and the .env files of the app alone.
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

/** What says that it is the app's, and is not: it must survive, and nothing may act on the app by its name. */
export const strangersOf = (claim: Claim, objects: readonly OwnableObject[], stack: StackName): readonly OwnableObject[] => {
  const own = new Set(ownedBy(claim, objects, stack));
  return saysItIsOf(objects, stack).filter((object) => !own.has(object));
};
