import { garbage } from "./engine-errors.js";

/** What an answer must contain to count as the Engine's: otherwise we would fail later and report our own bug. */
interface Shape {
  readonly path: RegExp;
  readonly list: boolean;
  /** Paths of texts that each entry of a list, or the one document, must have. */
  readonly texts: readonly (readonly string[])[];
  /** A list of such entries inside the document, which may be null. */
  readonly inside?: string;
}

const shapes: readonly Shape[] = [
  { path: /^\/(?:services|secrets|configs)$/, list: true, texts: [["ID"], ["Spec", "Name"]] },
  { path: /^\/tasks$/, list: true, texts: [["ID"], ["ServiceID"], ["DesiredState"], ["Status", "State"]] },
  { path: /^\/nodes$/, list: true, texts: [["ID"]] },
  { path: /^\/containers\/json$/, list: true, texts: [["Id"]] },
  { path: /^\/networks$/, list: true, texts: [["Id"], ["Name"]] },
  { path: /^\/volumes$/, list: false, texts: [["Name"]], inside: "Volumes" },
  { path: /^\/swarm$/, list: false, texts: [["Spec", "Name"]] },
];

/** Whatever else is asked for is one document. */
const anything: Shape = { path: /^/, list: false, texts: [] };

const isDocument = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isDocument(inner) ? inner[key] : undefined), value);

const isWhole = (entry: unknown, { texts }: Shape): boolean =>
  isDocument(entry) && texts.every((keys) => typeof at(entry, keys) === "string");

/** Some engines that speak Docker's API answer null if they have nothing to list. */
const entriesIn = (answer: unknown, shape: Shape): unknown => {
  if (shape.list) return answer === null ? [] : answer;
  if (shape.inside === undefined) return [answer];
  return isDocument(answer) ? (answer[shape.inside] ?? []) : null;
};

/** The answer to a GET, after checking that it has what every answer of the Engine has. Throws `docker-garbage`. */
export const shaped = (answer: unknown, path: string): unknown => {
  const shape = shapes.find((one) => one.path.test(path)) ?? anything;
  const entries = entriesIn(answer, shape);
  if (!Array.isArray(entries)) throw garbage(`GET ${path}`, "no list");
  if (!entries.every((entry) => isWhole(entry, shape))) throw garbage(`GET ${path}`, "not what the Engine says there");
  return shape.list ? entries : answer;
};
