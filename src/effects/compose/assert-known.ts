import { nearest } from "../did-you-mean.js";
import { composeRefused } from "./compose-refused.js";
import type { ListTree, MapTree, ScalarTree, Tree } from "./compose-tree.js";
import { dockerSchema, newestMinor, type Shape } from "./docker-schema.js";

/** Keys are a stranger's, of any length. */
const shown = (key: string): string => key.slice(0, 40);

const formOf = (tree: Tree): string => {
  if (tree.kind !== "scalar") return tree.kind;
  return tree.value === null ? "empty" : typeof tree.value;
};

const formsOf = ({ word, items, keys, values, isNullTaken }: Shape): string =>
  [...(word === undefined ? [] : [word]), ...(items === undefined ? [] : ["list"]), ...(keys === undefined && values === undefined ? [] : ["map"]), ...(isNullTaken === undefined ? [] : ["nothing"])].join(" or ");

const unknownHint = (key: string, known: readonly string[]): string => {
  const near = nearest(key, known);
  return near === null ? "docker compose may take it, docker stack deploy would refuse it: take it out." : `Did you mean ${near}?`;
};

/** None where there is no more to say than of any file that docker refuses. */
const hintOn = (tree: Tree, { word }: Shape): string | undefined => {
  if (tree.kind !== "scalar" || tree.value === null) return "docker stack deploy would refuse it too: correct the file, or leave the key out.";
  return word?.startsWith("text") === true ? "Put it in quotes: docker stack deploy would refuse it too." : undefined;
};

/** Holds one file against what docker's client takes in it. */
class Schema {
  readonly #minor: number;

  constructor(minor: number) {
    this.#minor = minor;
  }

  check(tree: Tree, shape: Shape, path: string): void {
    if (tree.kind === "map") this.#map(tree, shape, path);
    else if (tree.kind === "list") this.#list(tree, shape, path);
    else this.#word(tree, shape, path);
  }

  #word(tree: ScalarTree, shape: Shape, path: string): void {
    const { word = "" } = shape;
    const isTaken = { string: word !== "", number: word === "any" || word.endsWith("number"), boolean: word === "any" || word === "boolean", object: shape.isNullTaken === true };
    if (!isTaken[typeof tree.value as keyof typeof isTaken]) this.#refuse(tree, shape, path);
  }

  #list(tree: ListTree, shape: Shape, path: string): void {
    const { items, isUnique } = shape;
    if (items === undefined) return this.#refuse(tree, shape, path);
    const seen = new Set<unknown>();
    for (const [index, item] of tree.items.entries()) {
      this.check(item, items, `${path}[${index}]`);
      if (isUnique !== true || item.kind !== "scalar") continue;
      if (seen.has(item.value)) throw composeRefused(item.at, `${path} has the same item twice`);
      seen.add(item.value);
    }
  }

  #map(tree: MapTree, shape: Shape, path: string): void {
    const { keys, values } = shape;
    if (keys === undefined && values === undefined) return this.#refuse(tree, shape, path);
    for (const [key, entry] of tree.entries) {
      const inner = path === "" ? shown(key) : `${path}.${shown(key)}`;
      const known = keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : values;
      if (known !== undefined) {
        const since = shape.since?.[key] ?? 0;
        if (since > this.#minor) throw composeRefused(entry.at, `${inner} came with version 3.${since}, and this file's version is 3.${this.#minor}`, "Raise the version of all compose files, or leave their version lines out.");
        this.check(entry, known, inner);
      } else if (!key.startsWith("x-") || this.#minor < (shape.extensionsSince ?? Infinity)) {
        throw composeRefused(entry.at, `${inner}, which docker stack deploy does not know`, unknownHint(shown(key), Object.keys(keys ?? {})));
      }
    }
  }

  #refuse(tree: Tree, shape: Shape, path: string): never {
    const form = formOf(tree);
    throw composeRefused(tree.at, `${path} is ${form === "empty" ? form : `a ${form}`}, and docker stack deploy takes ${formsOf(shape)} there`, hintOn(tree, shape));
  }
}

/** Version 3 stands for the newest, as no version does. */
const minorOf = (version: Tree | undefined): number => {
  if (version === undefined || (version.kind === "scalar" && ["", "3"].includes(String(version.value)))) return newestMinor;
  const [, minor] = version.kind === "scalar" ? (/^3\.(\d{1,3})$/.exec(String(version.value)) ?? []) : [];
  if (minor === undefined) throw composeRefused(version.at, "its version is none that docker stack deploy knows", `Those are 3.0 to 3.${newestMinor}: write one of them in quotes, or leave the line out.`);
  return Number(minor);
};

/**
 * Throws `compose-refused` for a key that docker's client does not know in a file of this version, and for a value of a
 * form that it does not take. A version that is newer than the newest we know of is not judged.
 */
export const assertKnown = (file: MapTree): void => {
  const minor = minorOf(file.entries.get("version"));
  if (minor <= newestMinor) new Schema(minor).check(file, dockerSchema, "");
};
