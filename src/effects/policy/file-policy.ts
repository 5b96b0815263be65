import { posix } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { Compose } from "../compose/resolve-compose.js";
import type { Tree } from "../compose/compose-tree.js";
import { textOf, wordsIn } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";

interface NamedFile {
  readonly tree: Tree;
  readonly what: string;
}

const filesNamed = ({ services, objects }: Compose): readonly NamedFile[] => [
  ...objects
    .filter(({ kind, external }) => !external && (kind === "configs" || kind === "secrets"))
    .flatMap(({ key, kind, entries }) => {
      const tree = entries.get("file");
      return tree === undefined ? [] : [{ tree, what: `the ${kind.slice(0, -1)} ${key}` }];
    }),
  ...services.flatMap(({ name, rest }) => wordsIn(rest.entries.get("env_file"), "env_file").map((tree) => ({ tree: tree.kind === "map" ? (tree.entries.get("path") ?? tree) : tree, what: `env_file of the service ${name}` }))),
];

/**
 * docker's client reads these as whoever runs it, and puts them into the app: none may lie outside the recipe. `base` is
 * the folder that they are relative to, itself relative to the recipe's; `check` is the gate, and throws.
 */
export const fileFindings = (compose: Compose, base: string, check: (name: string) => boolean): readonly Finding[] =>
  filesNamed(compose).flatMap(({ tree, what }) => {
    const name = textOf(tree);
    try {
      if (check(name.startsWith("/") ? name : posix.join(base, name))) return [];
      return [{ at: tree.at, what: `${what} is the file ${JSON.stringify(name.slice(0, 120))}, which is not there`, allow: null }];
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return [{ at: tree.at, what: `${what}: ${error.message}`, allow: null, instead: error.hint }];
    }
  });
