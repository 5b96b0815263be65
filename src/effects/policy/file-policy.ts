import { posix } from "node:path";
import { RunError } from "../../machines/errors.js";
import { onceEach } from "../once-each.js";
import { nounOf } from "../compose/compose-objects.js";
import type { Compose } from "../compose/resolve-compose.js";
import type { Tree } from "../compose/compose-tree.js";
import { textOf, wordsIn } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";

interface NamedFile {
  readonly tree: Tree;
  readonly what: string;
  /** How many bytes the Swarm accepts, if that is limited; an empty file is then refused too. */
  readonly bytesMax?: number;
}

/** swarmkit, api/validation/secrets.go and manager/controlapi/config.go: less than 500 and 1,000 KiB. */
const bytesMax = { secrets: 500 * 1024 - 1, configs: 1_000 * 1024 - 1 } as const;

/** For all files together: the Swarm's managers keep them in memory and in their log. */
const allBytesMax = 16 * 1024 ** 2;

const filesNamed = ({ services, objects }: Compose): readonly NamedFile[] => [
  ...objects.flatMap(({ key, kind, external, entries }) => {
    const tree = entries.get("file");
    return external || tree === undefined || (kind !== "configs" && kind !== "secrets")
      ? []
      : [{ tree, what: `the ${nounOf(kind)} ${key}`, bytesMax: bytesMax[kind] }];
  }),
  ...services.flatMap(({ name, rest }) =>
    wordsIn(rest.entries.get("env_file"), "env_file").map((tree) => ({
      tree: tree.kind === "map" ? (tree.entries.get("path") ?? tree) : tree,
      what: `env_file of the service ${name}`,
    })),
  ),
];

const tooMuch = "Put what is large into the image or a volume: the Swarm's managers keep secrets and configs in memory.";

interface WrongLine {
  /** Counted from 1. */
  readonly line: number;
  readonly why: string;
  readonly instead: string;
}

/** The first line of an env_file that docker's client does not accept (docker/cli, pkg/kvfile). */
const wrongLine = (text: string): WrongLine | null => {
  for (const [index, raw] of text.split("\n").entries()) {
    // Bytes that are not valid UTF-8 are read as this character.
    if (raw.includes("\uFFFD"))
      return { line: index + 1, why: "is not UTF-8", instead: "docker takes UTF-8 alone: save the file as such." };
    // trimStart removes a byte order mark too.
    const line = raw.trimStart();
    if (line !== "" && !line.startsWith("#") && /^(?:=|[^=\r]*[ \t])/.test(line))
      return {
        line: index + 1,
        why: "has no name before its =, or one with a blank",
        instead: "docker takes NAME=VALUE alone: no export, no blank before the =.",
      };
  }
  return null;
};

/** Access to the recipe's files through the gate, which throws if one may not be read. */
export interface GatedFiles {
  /** The folder of the first compose file, relative to the recipe's. Paths in the compose files are relative to it. */
  readonly base: string;
  /** How many bytes a file of the recipe has; null if it does not exist. */
  readonly checkFile: (name: string) => number | null;
  /** The text of a file; null if it does not exist. */
  readonly readFile: (name: string) => string | null;
}

/**
 * docker's client reads these files with our rights and puts them into the app. None may be outside the recipe or larger than the Swarm
 * keeps.
 */
export const fileFindings = (compose: Compose, { base, checkFile, readFile }: GatedFiles): readonly Finding[] => {
  const wrongLineOf = onceEach((path) => wrongLine(readFile(path) ?? ""));
  let left = allBytesMax;
  return filesNamed(compose).flatMap(({ tree, what, bytesMax: most }) => {
    const name = textOf(tree);
    const found = (wrong: string, instead: string): readonly Finding[] => [
      { at: tree.at, what: `${what} is the file ${JSON.stringify(name.slice(0, 120))}, ${wrong}`, allow: null, instead },
    ];
    try {
      const path = name.startsWith("/") ? name : posix.join(base, name);
      const bytes = checkFile(path);
      if (bytes === null)
        return found("which is not there", "Add it to the recipe, or correct the path: it begins at the first compose file's folder.");
      const wrong = most === undefined ? wrongLineOf(path) : null;
      if (wrong !== null) return found(`line ${wrong.line} of which ${wrong.why}`, wrong.instead);
      if (most === undefined) return [];
      const before = left;
      left -= bytes;
      if (before >= 0 && left < 0)
        return found(`which brings the secrets and configs to more than ${allBytesMax / 1024 ** 2} MiB in all`, tooMuch);
      if (bytes > 0 && bytes <= most) return [];
      return found(
        `which has ${bytes} bytes, and the Swarm takes 1 to ${most}`,
        bytes === 0 ? "Put something into it, or leave it out." : tooMuch,
      );
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return [{ at: tree.at, what: `${what}: ${error.message}`, allow: null, instead: error.hint }];
    }
  });
};
