import { element, part } from "./element.js";

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

const isTree = (value: unknown): value is Json => typeof value === "object" && value !== null && Object.keys(value).length > 0;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const child = (value: unknown, key: string): unknown => (isTree(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined);

/** The paths of open branches, which stay open from step to step. */
const opened = new Set<string>();

/** A value as a row, or as a branch that opens. It is marked if it has changed. */
const branch = (key: string, value: unknown, before: unknown, path: string): HTMLLIElement => {
  const changed = before !== undefined && !same(value, before);
  const attributes = { class: changed ? "changed" : null };
  if (!isTree(value)) return element("li", attributes, element("b", {}, `${key}: `), JSON.stringify(value) ?? "undefined");
  const details = element(
    "details",
    { open: opened.has(path) || changed },
    element("summary", {}, element("b", {}, key), Array.isArray(value) ? ` [${value.length}]` : ""),
  );
  details.append(
    element("ul", {}, ...Object.entries(value).map(([name, inner]) => branch(name, inner, child(before, name), `${path}.${name}`))),
  );
  details.addEventListener("toggle", () => (details.open ? opened.add(path) : opened.delete(path)));
  return element("li", attributes, details);
};

/** Sorts small values first: the longest are settings that never change. */
const weight = (value: unknown): number => (isTree(value) ? 1 : 0);

let shown: { readonly actor: string; readonly value: unknown } | null = null;
let previous: unknown;

/** Draws an actor's context as a tree and marks what its last step changed. */
export const drawContext = (actor: string, value: unknown): void => {
  if (shown !== null && shown.actor === actor && same(shown.value, value)) return;
  previous = shown !== null && shown.actor === actor ? shown.value : undefined;
  shown = { actor, value };
  if (!isTree(value)) return part("context").replaceChildren(value === null || value === undefined ? "not known" : JSON.stringify(value));
  const entries = Object.entries(value).sort(([, a], [, b]) => weight(a) - weight(b));
  part("context").replaceChildren(
    element("ul", {}, ...entries.map(([key, inner]) => branch(key, inner, child(previous, key), `${actor}.${key}`))),
  );
};
