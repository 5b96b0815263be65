import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

export interface App {
  readonly domain: string;
  readonly server: string;
  readonly file: string;
  readonly recipe: string;
  readonly version: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly recipeDir: string;
}

const unquoted = (value: string): string => {
  const quote = value[0];
  return (quote === '"' || quote === "'") && value.indexOf(quote, 1) > 0
    ? value.slice(1, value.indexOf(quote, 1))
    : value.replace(/\s+#.*$/, "").trim();
};

const valueMax = 64 * 1024;

/** Reads `KEY=value` lines; a later one may refer to an earlier one (`COMPOSE_FILE="$COMPOSE_FILE:more.yml"`). */
export const readEnv = (content: string): Readonly<Record<string, string>> => {
  const env: Record<string, string> = {};
  for (const line of content.split("\n")) {
    const [, key, raw] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (key === undefined || raw === undefined) continue;
    const value = unquoted(raw.trim()).replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => env[name] ?? "");
    // Twenty lines that each double the one before could come to a gigabyte.
    if (value.length > valueMax) fatal(`the value of ${key} is longer than ${valueMax} characters`);
    env[key] = value;
  }
  return env;
};

export const servers = ({ abraDir }: Session): readonly string[] => {
  const folder = join(abraDir, "servers");
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Dots become underscores, and the name is cut at 45 characters. */
const stackOf = (domain: string): string => domain.replaceAll(".", "_").slice(0, 45);

export const findApp = (session: Session, domain: string): App => {
  const { abraDir } = session;
  for (const server of servers(session)) {
    const file = join(abraDir, "servers", server, `${domain}.env`);
    if (!existsSync(file)) continue;
    const env = readEnv(readFileSync(file, "utf8"));
    const [recipe = "", version] = (env["TYPE"] ?? env["RECIPE"] ?? "").split(":");
    return {
      domain,
      server,
      file,
      recipe,
      version: version ?? null,
      env,
      stack: env["STACK_NAME"] ?? stackOf(domain),
      recipeDir: join(abraDir, "recipes", recipe),
    };
  }
  return fatal(`cannot find app with name ${domain}`);
};

/** The recipe's compose files that the .env names, by their paths. */
export const composeFilesOf = ({ env, recipeDir }: App): readonly string[] =>
  (env["COMPOSE_FILE"] || "compose.yml")
    .split(":")
    .filter((name) => name !== "")
    .map((name) => join(recipeDir, name));

/** Whether any service has the stack's name: a half-removed stack counts as deployed. */
export const isDeployed = async (session: Session, app: App): Promise<boolean> => (await session.listed("service", app.stack)).length > 0;

/** What every verb first does with the recipe, unless it is told to take it as it is. */
export const ensureRecipe = async (session: Session, app: App): Promise<void> => {
  if (!existsSync(join(app.recipeDir, ".git"))) fatal(`unable to find recipe ${app.recipe}`);
  if (session.isChaos) return;
  const changes = await session.mustGit(app.recipeDir, "status", "--porcelain");
  if (changes !== "")
    fatal(`${app.recipe} (${app.recipeDir}) has locally unstaged changes? please commit/remove your changes before proceeding`);
};

/** Release tags, oldest first. */
export const versions = async (session: Session, recipeDir: string): Promise<readonly string[]> =>
  (await session.mustGit(recipeDir, "tag", "--sort=v:refname")).split("\n").filter((tag) => tag !== "");
