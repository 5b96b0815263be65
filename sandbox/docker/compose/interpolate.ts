import { refuse } from "../refusal.js";

type Variables = Readonly<Record<string, string | undefined>>;

/** A variable may be called `constructor`. */
export const valueIn = (variables: Variables, name: string): string | undefined => (Object.hasOwn(variables, name) ? variables[name] : undefined);

/** As the client's own: no `+` forms, and a default is taken as it stands, without looking for variables in it. */
const substitution = /\$(?:(?<escaped>\$)|(?<named>[_a-z][_a-z0-9]*)|\{(?<braced>[_a-z][_a-z0-9]*(?::?[-?][^}]*)?)\}|(?<invalid>))/gi;

const valueOf = (braced: string, variables: Variables): string | { readonly missing: string } => {
  const [, name = "", colon = "", operator = "", rest = ""] = /^(\w+?)(?:(:?)([-?])(.*))?$/s.exec(braced) ?? [];
  const value = valueIn(variables, name);
  const isMissing = value === undefined || (colon === ":" && value === "");
  if (!isMissing) return value;
  if (operator === "?") return { missing: `required variable ${name} is missing a value${rest === "" ? "" : `: ${rest}`}` };
  return operator === "-" ? rest : "";
};

/** `at`: where the text stands, for whoever has to mend it. */
const interpolate = (text: string, variables: Variables, at: string): string => {
  const bad = (what: string): never => refuse(`invalid interpolation format for ${at}: ${JSON.stringify(what)}; you may need to escape any $ with another $`);
  return text.replaceAll(substitution, (_, ...found: unknown[]) => {
    const groups = found.at(-1) as Readonly<Record<"escaped" | "named" | "braced", string | undefined>>;
    if (groups.escaped !== undefined) return "$";
    if (groups.named !== undefined) return valueIn(variables, groups.named) ?? "";
    if (groups.braced === undefined) return bad(text);
    const value = valueOf(groups.braced, variables);
    return typeof value === "string" ? value : bad(value.missing);
  });
};

/** All texts below a value; keys stay as they are. */
export const interpolateAll = (value: unknown, variables: Variables, at = ""): unknown => {
  const below = (key: string | number): string => (at === "" ? String(key) : typeof key === "number" ? `${at}.[]` : `${at}.${key}`);
  if (typeof value === "string") return interpolate(value, variables, at);
  if (Array.isArray(value)) return value.map((one, index) => interpolateAll(one, variables, below(index)));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolateAll(one, variables, below(key))]));
  return value;
};
