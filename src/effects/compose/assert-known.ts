import { nearest } from "../did-you-mean.js";
import { onceEach } from "../once-each.js";
import { areVariablesSet, composeRefused } from "./compose-refused.js";
import type { ListTree, MapTree, ScalarTree, Tree } from "./compose-tree.js";
import { castText } from "./cast-text.js";
import { dockerSchema, namedAtAll, newestMinor, versionOf, type Shape } from "./docker-schema.js";
import type { Form } from "./forms.js";
import { textOf } from "./read-tree.js";

/** A key for a message: a stranger chose it, so it may have any length. */
const shortened = (key: string): string => key.slice(0, 40);

/** Copied text brings characters that nobody sees, such as a space without width: they are named, because a name is refused for them. */
const shown = (key: string): string =>
  shortened(key).replaceAll(
    /[\p{Cf}\u00A0]/gu,
    (character) => `<U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}>`,
  );

const formOf = (tree: Tree): string => {
  if (tree.kind !== "scalar") return tree.kind;
  if (tree.isMoment === true) return "date";
  return tree.value === null ? "empty" : typeof tree.value;
};

const formsOf = ({ word, items, keys, values, isNullTaken }: Shape): string =>
  [
    ...(word === undefined ? [] : [word]),
    ...(items === undefined ? [] : ["list"]),
    ...(keys === undefined && values === undefined ? [] : ["map"]),
    ...(isNullTaken === undefined ? [] : ["nothing"]),
  ].join(" or ");

const unknownHint = (key: string, known: readonly string[]): string => {
  const near = nearest(key, known);
  return near === null ? "docker compose may take it, docker stack deploy would refuse it: take it out." : `Did you mean ${near}?`;
};

/** A text that is equal for equal parts, however they are written. */
const identity = (tree: Tree): string =>
  tree.kind === "scalar"
    ? JSON.stringify(tree.value)
    : tree.kind === "list"
      ? `[${tree.items.map(identity).join(",")}]`
      : `{${[...tree.entries]
          .map(([key, one]) => `${JSON.stringify(key)}:${identity(one)}`)
          .toSorted()
          .join(",")}}`;

/** A hint; none if there is nothing special to say. */
const hintOn = (tree: Tree, { word }: Shape): string | undefined => {
  if (tree.kind !== "scalar" || tree.value === null)
    return "docker stack deploy would refuse it too: correct the file, or leave the key out.";
  if (word?.startsWith("text") === true) return "Put it in quotes: docker stack deploy would refuse it too.";
  return typeof tree.value === "string" && tree.isFilled !== true && tree.isMoment !== true
    ? "Write it without quotes: docker stack deploy would refuse it too."
    : undefined;
};

/** Checks one file against what docker's client accepts in it. */
class Schema {
  readonly #minor: number;
  readonly #judges = new Map<Form, (text: string) => boolean>();

  constructor(minor: number) {
    this.#minor = minor;
  }

  check(tree: Tree, shape: Shape, path: string): void {
    if (tree.kind === "map") this.#map(tree, shape, path);
    else if (tree.kind === "list") this.#list(tree, shape, path);
    else this.#word(tree, shape, path);
  }

  #word(tree: ScalarTree, shape: Shape, path: string): void {
    const { word = "", cast, form, deployed } = shape;
    const { value } = tree;
    const isTaken = {
      string: (tree.isMoment === true ? /text or number|any/ : /text|any/).test(word) || this.#isCast(tree, cast),
      number: word === "any" || word.endsWith("number"),
      boolean: word === "any" || word === "boolean",
      object: shape.isNullTaken === true,
    };
    if (!isTaken[typeof value as keyof typeof isTaken]) this.#refuse(tree, shape, path);
    const number = word === "number" ? Number(value) : 0;
    if (shape.isWhole === true && !Number.isInteger(number)) throw composeRefused(tree.at, `${path} is not a whole number`);
    if (shape.isCount === true && number < 0) throw composeRefused(tree.at, `${path} is below 0`);
    if (value === null || typeof value === "boolean") return;
    for (const one of [form, deployed])
      if (one !== undefined && !this.#takes(one, String(value)))
        throw composeRefused(
          tree.at,
          `${path} is not as docker stack deploy takes it: ${one.words}`,
          value === "" ? areVariablesSet : undefined,
        );
  }

  #takes(form: Form, text: string): boolean {
    const judge = this.#judges.get(form) ?? onceEach((one) => form.takes(one));
    this.#judges.set(form, judge);
    return judge(text);
  }

  #isCast({ value, isFilled }: ScalarTree, cast: Shape["cast"]): boolean {
    return isFilled === true && cast !== undefined && castText(String(value), cast) !== undefined;
  }

  #list(tree: ListTree, shape: Shape, path: string): void {
    const { items, isUnique } = shape;
    if (items === undefined) return this.#refuse(tree, shape, path);
    const seen = new Set<string>();
    for (const [index, item] of tree.items.entries()) {
      this.check(item, items, `${path}[${index}]`);
      if (isUnique !== true) continue;
      const same = identity(item);
      if (seen.has(same)) throw composeRefused(item.at, `${path} has the same item twice`);
      seen.add(same);
    }
  }

  #map(tree: MapTree, shape: Shape, path: string): void {
    const { keys, values, keyForm, required = [], mapsSince = 0 } = shape;
    if ((keys === undefined && values === undefined) || mapsSince > this.#minor) return this.#refuse(tree, shape, path);
    const missing = required.find((key) => !tree.entries.has(key));
    if (missing !== undefined) throw composeRefused(tree.at, `${path} has no \`${missing}\``);
    for (const [key, entry] of tree.entries) {
      const inner = path === "" ? shown(key) : `${path}.${shown(key)}`;
      const known =
        keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : keyForm === undefined || keyForm.test(key) ? values : undefined;
      if (known !== undefined) {
        const since = shape.since?.[key] ?? 0;
        if (since > this.#minor)
          throw composeRefused(
            entry.at,
            `${inner} came with version 3.${since}, and this file's version is 3.${this.#minor}`,
            "Raise the version of all compose files, or leave their version lines out.",
          );
        this.check(entry, known, inner);
      } else if (!key.startsWith("x-") || this.#minor < (shape.extensionsSince ?? Infinity)) {
        if (keyForm === namedAtAll)
          throw composeRefused(
            entry.at,
            `${path} has an entry without a name, which docker stack deploy does not take`,
            "Name it, or leave it out.",
          );
        if (keyForm !== undefined && keys === undefined)
          throw composeRefused(
            entry.at,
            `${inner}, a name with other characters than docker stack deploy takes`,
            "Letters, digits, `.`, `_` and `-` are taken.",
          );
        throw composeRefused(
          entry.at,
          `${inner}, which docker stack deploy does not know`,
          unknownHint(shortened(key), Object.keys(keys ?? {})),
        );
      }
    }
  }

  #refuse(tree: Tree, shape: Shape, path: string): never {
    const form = formOf(tree);
    throw composeRefused(
      tree.at,
      `${path} is ${form === "empty" ? form : `a ${form}`}, and docker stack deploy takes ${formsOf(shape)} there`,
      hintOn(tree, shape),
    );
  }
}

const minorOf = (version: Tree | undefined): number => {
  const [, minor] = /^3\.(\d{1,3})$/.exec(versionOf(textOf(version))) ?? [];
  if (minor === undefined)
    throw composeRefused(
      version?.at ?? { file: "", line: 1 },
      "its version is none that docker stack deploy knows",
      `Those are 3.0 to 3.${newestMinor}: write one of them in quotes, or leave the line out.`,
    );
  return Number(minor);
};

/**
 * Throws `compose-refused` for a key that docker's client does not know in a file of this version, and for a value in a form
 * that it does not accept. Does not judge a version newer than the newest we know.
 */
export const assertKnown = (file: MapTree): void => {
  const minor = minorOf(file.entries.get("version"));
  if (minor <= newestMinor) new Schema(minor).check(file, dockerSchema, "");
};
