import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readEnv, versions } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

interface Recipe {
  readonly dir: string;
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly composeVersion: unknown;
  readonly tags: readonly string[];
  readonly lightweight: readonly string[];
}

interface Rule {
  readonly ref: string;
  readonly text: string;
  readonly severity: "warn" | "error";
  readonly resolve: string;
  /** Null if the rule is skipped. */
  readonly holds: (recipe: Recipe) => boolean | null;
}

const images = ({ services }: Recipe): readonly string[] =>
  Object.values(services).flatMap(({ image }) => (typeof image === "string" ? [image] : []));

const tagOf = (image: string): string | null => /:([^/:@]+)(?:@.*)?$/.exec(image)?.[1] ?? null;

const every = (recipe: Recipe, holds: (tag: string) => boolean): boolean =>
  images(recipe).every((image) => image.includes("$") || holds(tagOf(image) ?? ""));

const labelsOf = ({ services }: Recipe): readonly string[] => {
  const labels = (services["app"]?.["deploy"] as { labels?: unknown } | undefined)?.labels ?? [];
  return Array.isArray(labels) ? labels.map(String) : Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
};

const readme = ({ dir }: Recipe): string => {
  const file = join(dir, "README.md");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

const secretMax = 12;

/** The numbers and topics are abra's, as far as they are known; the texts are ours. */
const rules: readonly Rule[] = [
  {
    ref: "R001",
    text: "expected Compose config version 3.8",
    severity: "warn",
    resolve: 'ensure `version: "3.8"` in compose configs',
    holds: ({ composeVersion }) => String(composeVersion) === "3.8",
  },
  {
    ref: "R002",
    text: "healthcheck enabled for all services",
    severity: "warn",
    resolve: "wire up healthchecks",
    holds: ({ services }) => Object.values(services).every(({ healthcheck }) => healthcheck !== undefined),
  },
  {
    ref: "R003",
    text: "all images use a tag",
    severity: "error",
    resolve: "use a tag for all images",
    holds: (recipe) => every(recipe, (tag) => tag !== ""),
  },
  {
    ref: "R004",
    text: "no unstable tags",
    severity: "error",
    resolve: "tag all images with stable tags",
    holds: (recipe) => every(recipe, (tag) => !["latest", "main", "master", "edge", "nightly"].includes(tag)),
  },
  {
    ref: "R005",
    text: "tags use semver-like format",
    severity: "warn",
    resolve: "use semver-like tags",
    holds: (recipe) => every(recipe, (tag) => /^v?\d+(\.\d+)*/.test(tag)),
  },
  {
    ref: "R006",
    text: "has published catalogue version",
    severity: "warn",
    resolve: "publish a recipe version to the catalogue",
    holds: ({ tags }) => tags.length > 0,
  },
  {
    ref: "R007",
    text: "README.md metadata filled in",
    severity: "warn",
    resolve: "fill out all the metadata",
    holds: (recipe) => readme(recipe).includes("**Category**"),
  },
  {
    ref: "R008",
    text: ".env.sample provided",
    severity: "error",
    resolve: "create an example .env.sample",
    holds: ({ dir }) => existsSync(join(dir, ".env.sample")),
  },
  {
    ref: "R009",
    text: "one service named 'app'",
    severity: "error",
    resolve: "name a servce 'app'",
    holds: ({ services }) => services["app"] !== undefined,
  },
  {
    ref: "R010",
    text: "traefik routing enabled",
    severity: "error",
    resolve: 'include "traefik.enable=true" deploy label',
    holds: (recipe) => labelsOf(recipe).some((label) => label.startsWith("traefik.enable=true")),
  },
  {
    ref: "R011",
    text: "all services have images",
    severity: "error",
    resolve: 'ensure "image: ..." set on all services',
    holds: ({ services }) => Object.values(services).every(({ image }) => typeof image === "string" && image !== ""),
  },
  {
    ref: "R012",
    text: "config version are vendored",
    severity: "error",
    resolve: "vendor config versions in an abra.sh",
    holds: ({ dir }) => existsSync(join(dir, "abra.sh")),
  },
  {
    ref: "R013",
    text: "git.coopcloud.tech repo exists",
    severity: "error",
    resolve: "upload your recipe to git.coopcloud.tech",
    holds: () => null,
  },
  {
    ref: "R014",
    text: "only annotated tags used for recipe version",
    severity: "error",
    resolve: "replace lightweight tag with annotated tag",
    holds: ({ lightweight }) => lightweight.length === 0,
  },
  {
    ref: "R015",
    text: "long secret names",
    severity: "warn",
    resolve: `reduce length of secret names to ${secretMax} chars`,
    holds: ({ dir }) =>
      Object.keys(existsSync(join(dir, ".env.sample")) ? readEnv(readFileSync(join(dir, ".env.sample"), "utf8")) : {}).every(
        (key) => (/^SECRET_(\w+)_VERSION$/.exec(key)?.[1] ?? "").length <= secretMax,
      ),
  },
];

const readRecipe = async (session: Session, dir: string): Promise<Recipe> => {
  const file = join(dir, "compose.yml");
  if (!existsSync(file)) fatal(`unable to read ${file}`);
  let document: { readonly services?: Recipe["services"]; readonly version?: unknown } | null;
  try {
    document = parse(readFileSync(file, "utf8"), { merge: true, logLevel: "error" }) as typeof document;
  } catch (error) {
    return fatal(String(error instanceof Error ? error.message.split("\n")[0] : error));
  }
  const tags = await versions(session, dir);
  const lightweight: string[] = [];
  for (const tag of tags) if ((await session.mustGit(dir, "cat-file", "-t", `refs/tags/${tag}`)) !== "tag") lightweight.push(tag);
  return { dir, services: document?.services ?? {}, composeVersion: document?.version, tags, lightweight };
};

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => "─".repeat(width + 2)).join(middle)}${right}`;
  const text = rows.map((row) => `│${row.map((cell, column) => ` ${cell.padEnd(widths[column] ?? 0)} `).join("│")}│`);
  return [line("┌", "┬", "┐"), text[0], line("├", "┼", "┤"), ...text.slice(1), line("└", "┴", "┘")].join("\n");
};

/** First asks the terminal for its width, and gives up without a terminal. Rules that do not hold are not a failure. */
export const lint = async (session: Session, [recipe = ""]: readonly string[]): Promise<void> => {
  if (session.caller.env["ABRA_CI"] !== "1") fatal("inappropriate ioctl for device");
  const dir = join(session.abraDir, "recipes", recipe);
  if (recipe === "" || !existsSync(dir) || readdirSync(dir).length === 0) fatal(`unable to find recipe ${recipe}`);
  const read = await readRecipe(session, dir);
  const rows = rules.map(({ ref, text, severity, resolve, holds }) => {
    const satisfied = holds(read);
    return [ref, text, severity, satisfied === false ? "❌" : satisfied === true ? "✅" : "-", satisfied === null ? "✅" : "-", resolve];
  });
  session.caller.out(`${table([["ref", "rule", "severity", "satisfied", "skipped", "resolve"], ...rows])}\n`);
};
