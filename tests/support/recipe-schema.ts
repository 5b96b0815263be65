import { toJsonSchema } from "@valibot/to-json-schema";
import { recipeSchema } from "../../src/effects/recipe/recipe-schema.js";

/** One key of recipe.yml, with what an editor shows for it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly pattern?: string;
}

/** The expected content of schemas/recipe.schema.json. Rules that JSON Schema cannot express are checked by the program alone. */
export const recipeJsonSchema = (): JsonSchema & { readonly title: string } => ({
  title: "recipe.yml of recipe-ci",
  ...(toJsonSchema(recipeSchema, { typeMode: "input", target: "draft-07", ignoreActions: ["check", "transform", "trim"] }) as JsonSchema),
});

const kindOf = (schema: JsonSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map(String).join(" \\| ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(" \\| ");
  if (schema.type === "array") return `list of ${kindOf(schema.items ?? {})}`;
  if (schema.type === "object") return "keys";
  if (schema.pattern?.includes("(?:ms|s|m|h)") === true) return "duration";
  return String(schema.type ?? "any")
    .replace("string", "text")
    .replace("integer", "number")
    .replace("boolean", "true \\| false");
};

const defaultOf = ({ default: value }: JsonSchema): string =>
  value === undefined || JSON.stringify(value) === "{}" || JSON.stringify(value) === "[]"
    ? "–"
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const rowsOf = (schema: JsonSchema, above: string): readonly string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, one]) => {
    const inner = [
      one,
      one.items,
      ...(one.items?.anyOf ?? []),
      typeof one.additionalProperties === "object" ? one.additionalProperties : undefined,
    ].find((of) => of?.properties !== undefined);
    const into = inner === one ? `${above}${key}.` : one.type === "array" ? `${above}${key}[].` : `${above}${key}.NAME.`;
    const named = one.description === undefined ? [] : [`| \`${above}${key}\` | ${kindOf(one)} | ${defaultOf(one)} | ${one.description} |`];
    // `ready` has the same keys as `health`.
    return key === "ready" ? named : [...named, ...(inner === undefined ? [] : rowsOf(inner, into))];
  });

/** The expected table of keys in docs/recipe-yml.md. */
export const recipeKeysTable = (): string =>
  ["| key | what | default | meaning |", "|---|---|---|---|", ...rowsOf(recipeJsonSchema(), "")].join("\n");
