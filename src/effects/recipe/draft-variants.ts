import { readAssignments } from "../abra/env-grammar.js";
import { identityKeys } from "../abra/identity.js";

/** A way to set the recipe up that its sample has in comments. */
interface Variant {
  readonly compose: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const [variantsMax, variablesMax] = [12, 8];

const commented = /^[ \t]*#+[ \t]*([A-Z][A-Z0-9_]*)=(.*)$/;

/** What a line in a comment would set; null where it would not, or by what stands elsewhere. */
const setting = (line: string): readonly [key: string, value: string] | null => {
  const [, key, text = ""] = commented.exec(line) ?? [];
  if (key === undefined || identityKeys.has(key)) return null;
  const value = (readAssignments(`A=${text.replaceAll(/\$\{?DOMAIN\}?/g, "{domain}")}`).assignments[0]?.value ?? "").trim();
  return value === "" || text.replaceAll(/\$\{?DOMAIN\}?/g, "").includes("$") ? null : [key, value];
};

/** Those of the recipe itself. */
const filesIn = (line: string): readonly string[] =>
  line.split(/[:="'\s]+/).filter((word) => /^[\w.-][\w./-]{0,199}\.ya?ml$/.test(word) && !word.includes(".."));

/** `postgres/compose.postgres.tune.yml` → `postgres-tune`. */
const nameOf = (file: string): string =>
  file
    .replace(/^.*\//, "")
    .replace(/^compose\./, "")
    .replace(/\.ya?ml$/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 31);

/** The lines below, up to an empty one, the next COMPOSE_FILE or what is no comment. */
const blockBelow = (lines: readonly string[], at: number): readonly string[] => {
  const below = lines.slice(at + 1, at + 1 + 4 * variablesMax);
  const end = below.findIndex((line) => !/^[ \t]*#/.test(line) || commented.exec(line)?.[1] === "COMPOSE_FILE");
  return end === -1 ? below : below.slice(0, end);
};

/** Ways to set the recipe up that are not its defaults: each COMPOSE_FILE in a comment, with what stands below it. */
const variantsIn = (sample: string): ReadonlyMap<string, Variant> => {
  const lines = sample.split("\n");
  const usual = new Set(["compose.yml", ...lines.filter((line) => /^[ \t]*(?:export[ \t]+)?COMPOSE_FILE=/.test(line)).flatMap(filesIn)]);
  const variants = lines.flatMap((line, at) => {
    if (commented.exec(line)?.[1] !== "COMPOSE_FILE") return [];
    const compose = [...new Set(filesIn(line))].filter((file) => !usual.has(file));
    const last = compose.at(-1);
    const env = blockBelow(lines, at)
      .map(setting)
      .filter((one) => one !== null)
      .slice(0, variablesMax);
    return last === undefined ? [] : [[nameOf(last), { compose, env: Object.fromEntries(env) }] as const];
  });
  return new Map(variants.slice(0, variantsMax));
};

const variantLine = (name: string, { compose, env }: Variant): string => {
  const pairs = Object.entries(env).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `#   ${name}: { compose: [${compose.join(", ")}]${pairs.length === 0 ? "" : `, env: { ${pairs.join(", ")} }`} }`;
};

/** Lines for a recipe.yml, commented out: the variants that the sample has, or how one is written. */
export const variantLines = (sample: string): readonly string[] => {
  const variants = [...variantsIn(sample)];
  return [
    "# variants:",
    ...(variants.length === 0
      ? ["#   smtp: { compose: [compose.smtp.yml], env: { SMTP_HOST: mail.example.com } }"]
      : variants.map(([name, variant]) => variantLine(name, variant))),
  ];
};
