import { castText } from "../../../src/effects/compose/cast-text.js";
import type { Shape } from "../../../src/effects/compose/docker-schema.js";
import { partsOf } from "../../../src/effects/compose/substitution.js";
import { refuse } from "../refusal.js";
import { Moment } from "./moment.js";

export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable may be called `constructor`. */
export const valueIn = (variables: Variables, name: string): string | undefined =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

/**
 * The client's own pattern: it has no `+` forms, a default is taken literally without variables in it, and without braces it extends to the
 * end.
 */
const substitution =
  /\$(?:(?<escaped>\$)|(?<named>[_a-z][_a-z0-9]*(?::?[-?][^}]*)?)|\{(?<braced>[_a-z][_a-z0-9]*(?::?[-?][^}]*)?)\}|(?<invalid>))/gi;

const valueOf = (named: string, variables: Variables): string | { readonly missing: string } => {
  const { name, form, rest } = partsOf(named);
  const value = valueIn(variables, name);
  if (value !== undefined && (value !== "" || !form.startsWith(":"))) return value;
  return !form.endsWith("?") ? rest : { missing: `required variable ${name} is missing a value${rest === "" ? "" : `: ${rest}`}` };
};

/** `at`: the text's place, for messages. The client forgets a refusal at the next variable of the text. */
const interpolate = (text: string, variables: Variables, at: string): string => {
  let refused: string | null = null;
  const made = text.replaceAll(substitution, (_, ...found: unknown[]) => {
    const groups = found.at(-1) as Readonly<Record<"escaped" | "named" | "braced", string | undefined>>;
    if (groups.escaped !== undefined) return "$";
    const named = groups.named ?? groups.braced;
    const value = named === undefined ? { missing: text } : valueOf(named, variables);
    refused = typeof value === "string" ? null : value.missing;
    return typeof value === "string" ? value : "";
  });
  return refused === null
    ? made
    : refuse(`invalid interpolation format for ${at}: ${JSON.stringify(refused)}; you may need to escape any $ with another $`);
};

/** A text with a substituted variable becomes a number or a boolean if the client wants one, else it stays a text. */
const cast = (text: string, to: NonNullable<Shape["cast"]>, at: string): unknown =>
  castText(text, to) ?? refuse(`error while interpolating ${at}: failed to cast to expected type: ${JSON.stringify(text)} is no ${to}`);

/** All texts below a value; keys stay as they are. */
export const interpolateAll = (value: unknown, variables: Variables, at = "", shape?: Shape): unknown => {
  const below = (key: string | number): string => (at === "" ? String(key) : typeof key === "number" ? `${at}.[]` : `${at}.${key}`);
  if (typeof value === "string") {
    const made = interpolate(value, variables, at);
    return made === value || shape?.cast === undefined ? made : cast(made, shape.cast, at);
  }
  if (Array.isArray(value)) return value.map((one, index) => interpolateAll(one, variables, below(index), shape?.items));
  if (typeof value !== "object" || value === null || value instanceof Moment) return value;
  const shapeOf = (key: string): Shape | undefined =>
    shape?.keys !== undefined && Object.hasOwn(shape.keys, key) ? shape.keys[key] : shape?.values;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolateAll(one, variables, below(key), shapeOf(key))]));
};
