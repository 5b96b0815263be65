import { dockerSchema, forbiddenKeys, newestMinor, versionOf, type Shape } from "../../../src/effects/compose/docker-schema.js";
import { refuse } from "../refusal.js";
import { Moment } from "./moment.js";

export type Yaml = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Yaml =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Moment);

export const assertNoneForbidden = ({ services }: Yaml): void => {
  if (isMap(services) && Object.values(services).some((service) => isMap(service) && forbiddenKeys.some((key) => key in service)))
    refuse("Configuration contains forbidden properties");
};

const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";

/** The client's description of what a part may be. */
const takenBy = ({ word, items, keys, values, isNullTaken }: Shape): string => {
  const words = [
    ...(word === undefined ? [] : word === "text or number" ? ["string", "number"] : [word === "text" ? "string" : word]),
    ...(items === undefined ? [] : ["list"]),
    ...(keys === undefined && values === undefined ? [] : ["mapping"]),
    ...(isNullTaken === true ? ["null"] : []),
  ];
  // For a list or a map of pairs, or of networks, it names only the map.
  const shown = items !== undefined && values !== undefined && word === undefined ? ["mapping"] : words;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} or ${shown.at(-1) ?? ""}` : (shown[0] ?? "");
};

const asJson = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? String(one) : one));

const assertUnique = (list: readonly unknown[], at: string): void => {
  const seen = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const before = seen.get(asJson(item));
    if (before !== undefined) refuse(`${at} array items[${before},${index}] must be unique`);
    seen.set(asJson(item), index);
  }
};

const assertScalar = (value: unknown, shape: Shape, at: string): void => {
  if (typeof value === "number" && !Number.isFinite(value)) refuse(`json: unsupported value: ${value}`);
  const { form, isWhole, isCount } = shape;
  const word: string = shape.word ?? "";
  if (value instanceof Moment && word === "text") refuse(`${at} expected type 'string', got unconvertible type 'time.Time'`);
  const isTaken =
    typeof value === "string" || value instanceof Moment
      ? /text|any/.test(word)
      : isNumber(value)
        ? /number|any/.test(word)
        : value === null
          ? shape.isNullTaken === true
          : word === "boolean" || word === "any";
  if (!isTaken) refuse(`${at} must be a ${takenBy(shape)}`);
  if (form !== undefined && (typeof value === "string" || isNumber(value)) && !form.takes(String(value)))
    refuse(`${at} Does not match: it must be ${form.words}`);
  if (typeof value === "number" && isWhole === true && !Number.isInteger(value)) refuse(`${at} must be a integer`);
  if (isNumber(value) && isCount === true && value < 0) refuse(`cannot parse '${at}', ${value} overflows uint`);
};

const assertMap = (value: Yaml, shape: Shape, at: string, minor: number): void => {
  const { keys = {}, values, keyForm, since = {}, required = [], extensionsSince = Infinity } = shape;
  const inner = (key: string): string => (at === "" ? key : `${at}.${key}`);
  const shapeOf = (key: string): Shape | undefined =>
    Object.hasOwn(keys, key) && (since[key] ?? 0) <= minor ? keys[key] : keyForm === undefined || keyForm.test(key) ? values : undefined;
  const unknown = Object.keys(value)
    .filter((key) => shapeOf(key) === undefined && !(key.startsWith("x-") && minor >= extensionsSince))
    .toSorted()[0];
  if (unknown !== undefined) refuse(`${at === "" ? "(root)" : at} Additional property ${unknown} is not allowed`);
  const missing = required.find((key) => !(key in value));
  if (missing !== undefined) refuse(`${at} ${missing} is required`);
  for (const [key, one] of Object.entries(value)) {
    const known = shapeOf(key);
    if (known !== undefined) assertShape(one, known, inner(key), minor);
  }
};

const assertShape = (value: unknown, shape: Shape, at: string, minor: number): void => {
  if (Array.isArray(value)) {
    const { items, isUnique } = shape;
    if (items === undefined) refuse(`${at} must be a ${takenBy(shape)}`);
    else for (const [index, item] of value.entries()) assertShape(item, items, `${at}.${index}`, minor);
    if (isUnique === true) assertUnique(value, at);
  } else if (isMap(value)) {
    if ((shape.keys === undefined && shape.values === undefined) || minor < (shape.mapsSince ?? 0))
      refuse(`${at} must be a ${takenBy(shape)}`);
    assertMap(value, shape, at, minor);
  } else assertScalar(value, shape, at);
};

export const versionIn = ({ version = "" }: Yaml): string => versionOf(String(version));

/** Refuses a file that the client would not accept, in its words or similar ones. Texts must already be interpolated and cast. */
export const assertCompose = (document: Yaml): void => {
  const version = versionIn(document);
  const minor = /^3\.(\d{1,2})$/.exec(version)?.[1];
  if (minor === undefined || Number(minor) > newestMinor) refuse(`unsupported Compose file version: ${version}`);
  assertShape(document, dockerSchema, "", Number(minor));
};

const unsupported = [
  "build",
  "cgroup_parent",
  "cgroupns_mode",
  "devices",
  "domainname",
  "external_links",
  "ipc",
  "links",
  "mac_address",
  "network_mode",
  "pid",
  "privileged",
  "restart",
  "security_opt",
  "shm_size",
  "userns_mode",
];

const deprecated: Readonly<Record<string, string>> = {
  container_name: "Setting the container name is not supported.",
  expose: "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
};

/** What a stack's deploy accepts and ignores, in the words of the client's warning. */
export const ignoredIn = (services: Yaml): readonly string[] => {
  const keys = new Set(Object.values(services).flatMap((service) => (isMap(service) ? Object.keys(service) : [])));
  const ignored = unsupported.filter((key) => keys.has(key));
  const old = Object.entries(deprecated).filter(([key]) => keys.has(key));
  return [
    ...(ignored.length === 0 ? [] : [`Ignoring unsupported options: ${ignored.join(", ")}\n`]),
    ...(old.length === 0 ? [] : ["Ignoring deprecated options:\n", ...old.map(([key, why]) => `${key}: ${why}\n`)]),
  ];
};
