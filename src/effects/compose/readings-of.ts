import { composeTree, type Tree } from "./compose-tree.js";
import type { Place } from "./compose-refused.js";
import { readingsIn, type Reading } from "./substitute.js";

/** A variable that a compose file reads, and where. */
interface PlacedReading extends Reading {
  readonly at: Place;
}

const walk = (tree: Tree, visit: (tree: Tree) => void): void => {
  visit(tree);
  if (tree.kind === "list") for (const item of tree.items) walk(item, visit);
  if (tree.kind === "map") for (const entry of tree.entries.values()) walk(entry, visit);
};

const scalars = (tree: Tree): readonly { readonly text: string; readonly at: Place }[] => {
  const found: { readonly text: string; readonly at: Place }[] = [];
  walk(tree, (one) => {
    if (one.kind === "scalar" && typeof one.value === "string") found.push({ text: one.value, at: one.at });
  });
  return found;
};

/** `- KEY` without a value in a service's environment reads KEY from the .env. */
const passedOn = (tree: Tree): readonly PlacedReading[] => {
  const services = tree.kind === "map" ? tree.entries.get("services") : undefined;
  if (services?.kind !== "map") return [];
  return [...services.entries.values()].flatMap((service) => {
    const environment = service.kind === "map" ? service.entries.get("environment") : undefined;
    const items =
      environment?.kind === "list"
        ? environment.items.flatMap((item) => (item.kind === "scalar" ? [{ name: String(item.value), at: item.at }] : []))
        : [];
    const keys =
      environment?.kind === "map"
        ? [...environment.entries].flatMap(([name, value]) =>
            value.kind === "scalar" && value.value === null ? [{ name, at: value.at }] : [],
          )
        : [];
    return [...items, ...keys].flatMap(({ name, at }) =>
      /^[A-Za-z_]\w*$/.test(name) ? [{ name, at, hasDefault: false, isRequired: false }] : [],
    );
  });
};

/** Every variable that a compose file reads, before any is substituted. Throws `compose-refused` if it is not a compose file. */
export const readingsOf = (text: string, file: string): readonly PlacedReading[] => {
  const tree = composeTree(text, file);
  return [
    ...scalars(tree).flatMap((scalar) => readingsIn(scalar.text).map((reading) => ({ ...reading, at: scalar.at }))),
    ...passedOn(tree),
  ];
};

/** Every text in a compose file, with its place. */
export const textsOf = (text: string, file: string): readonly { readonly text: string; readonly at: Place }[] =>
  scalars(composeTree(text, file));
