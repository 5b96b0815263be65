import { assertKnown } from "./assert-known.js";
import { composeRefused } from "./compose-refused.js";
import { composeObject, objectKinds, type ComposeObject } from "./compose-objects.js";
import { composeService, mergeServices, type ComposeService } from "./compose-service.js";
import { composeTree, mapTree, type MapTree, type Tree } from "./compose-tree.js";
import { versionOf } from "./docker-schema.js";
import { portRoom } from "./published-ports.js";
import { mapIn, textOf } from "./read-tree.js";
import { expansionMax, type Variables } from "./substitute.js";
import { substituteTree } from "./substitute-tree.js";

interface ComposeInput {
  /** The names in COMPOSE_FILE, in order. */
  readonly files: readonly string[];
  /** The text of a file of the recipe; null if it does not exist. */
  readonly read: (name: string) => string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly stack: string;
}

/** All compose files of an app merged, as `docker stack deploy` would see them. */
export interface Compose {
  readonly services: readonly ComposeService[];
  readonly objects: readonly ComposeObject[];
}

/** More than any recipe has. */
const filesMax = 50;

const versionIn = (tree: MapTree): string => versionOf(textOf(tree.entries.get("version")));

const fileTrees = ({ files, read }: ComposeInput): readonly MapTree[] => {
  const whole = { file: "COMPOSE_FILE", line: 1 };
  if (files.length === 0 || files.length > filesMax)
    throw composeRefused(whole, `it names ${files.length} files`, "Name 1 to 50 files in COMPOSE_FILE.");
  return files.map((name) => {
    const text = read(name);
    if (text === null)
      throw composeRefused(
        { file: name, line: 1 },
        "it is to be deployed, and it is not there",
        "Correct what names it: COMPOSE_FILE in .env.sample, or compose or env in recipe.yml.",
      );
    const tree = composeTree(text, name);
    const include = tree.entries.get("include");
    if (include !== undefined)
      throw composeRefused(include.at, "`include`, which docker stack deploy does not take", "Name the other files in COMPOSE_FILE.");
    return tree;
  });
};

const assertOneVersion = (trees: readonly MapTree[]): void => {
  const [first] = trees;
  if (first === undefined) return;
  for (const tree of trees) {
    const [one, other] = [versionIn(first), versionIn(tree)];
    if (one !== other)
      throw composeRefused(
        tree.entries.get("version")?.at ?? tree.at,
        `version ${other}, and ${first.at.file} has ${one} (none is ${versionOf("")}): docker takes no two of them together`,
        "Give all compose files the same version line, or none.",
      );
  }
};

/**
 * Reads the compose files of an app like docker's client: substitutes variables in each, then merges them in order.
 *
 * Bounded in size and time whatever the files contain. Throws `compose-refused` (exit code 1), by file and line, for
 * what no deploy could accept. It does not find everything that docker refuses, but reads everything that docker
 * accepts in the same way.
 */
export const resolveCompose = (input: ComposeInput): Compose => {
  const trees = fileTrees(input);
  assertOneVersion(trees);
  const variables: Variables = { lookup: new Map(Object.entries(input.variables)), left: expansionMax };
  const room = portRoom();
  const services = new Map<string, ComposeService>();
  const objects = new Map<string, ComposeObject>();
  for (const tree of trees) {
    const sections = new Map(
      [...tree.entries].map(([name, found]) => [name, name === "version" ? found : substituteTree(found, variables)]),
    );
    const section = (name: string): ReadonlyMap<string, Tree> => mapIn(sections.get(name), `\`${name}\``);
    for (const [name, service] of section("services")) {
      const [one, there] = [composeService(name, service, room), services.get(name)];
      services.set(name, there === undefined ? one : mergeServices(there, one));
    }
    for (const kind of objectKinds)
      for (const [key, object] of section(kind)) objects.set(`${kind} ${key}`, composeObject(kind, key, object, input.stack));
    // Last, because the checks above have more specific messages.
    assertKnown(mapTree(sections, tree.at));
  }
  if (services.size === 0) throw composeRefused({ file: input.files[0] ?? "", line: 1 }, "there is no service in it");
  return { services: [...services.values()], objects: [...objects.values()] };
};

/** Every image, once. */
export const imagesOf = ({ services }: Compose): readonly string[] => [
  ...new Set(services.map(({ rest }) => textOf(rest.entries.get("image"))).filter((image) => image !== "")),
];

/** The networks that a deploy creates and for which the files ask no subnet, driver or option; by their names on the Swarm. */
export const plainNetworks = ({ objects }: Compose, stack: string): readonly string[] => {
  const networks = objects.filter(({ kind }) => kind === "networks");
  const isPlain = ({ external, entries }: ComposeObject): boolean =>
    !external &&
    ["driver", "driver_opts", "ipam"].every((key) => !entries.has(key) || (key === "driver" && textOf(entries.get(key)) === "overlay"));
  const byDefault = networks.some(({ key }) => key === "default") ? [] : [`${stack}_default`];
  return [...networks.filter(isPlain).map(({ name }) => name), ...byDefault];
};

/** What a deploy creates, by kind, with its names on the Swarm. External objects are not included. */
export const madeNames = ({ objects }: Compose): Readonly<Record<"network" | "volume" | "secret" | "config", readonly string[]>> => {
  const names = (kind: ComposeObject["kind"]): readonly string[] =>
    objects.filter((object) => object.kind === kind && !object.external).map(({ name }) => name);
  return { network: names("networks"), volume: names("volumes"), secret: names("secrets"), config: names("configs") };
};
