import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandLine } from "../shared/words.js";
import { abraDir, ensureRecipe, findApp, isDeployed, readEnv, versions, type App } from "./app.js";
import { waitConverged } from "./converge.js";
import { fatal, info } from "./fatal.js";
import { has, isChaos } from "./flags.js";
import { fullName, wantedSecrets } from "./secrets.js";
import { docker, git, listed, mustGit } from "./tools.js";

const exportsOf = (recipeDir: string): Readonly<Record<string, string>> => {
  const file = join(recipeDir, "abra.sh");
  return existsSync(file) ? readEnv(readFileSync(file, "utf8")) : {};
};

/** Eight digits of the commit, with `+U` when files are there that git does not know. */
const chaosVersion = (recipeDir: string): string => {
  const dirty = mustGit(recipeDir, "status", "--porcelain") !== "";
  return `${mustGit(recipeDir, "rev-parse", "HEAD").slice(0, 8)}${dirty ? "+U" : ""}`;
};

const pickVersion = (app: App, asked: string | undefined, chaos: boolean): string => {
  if (chaos) return chaosVersion(app.recipeDir);
  const version = asked ?? app.version ?? versions(app.recipeDir).at(-1);
  if (version === undefined) return mustGit(app.recipeDir, "rev-parse", "HEAD").slice(0, 8);
  if (git(app.recipeDir, "cat-file", "-t", `refs/tags/${version}`).stdout.trim() !== "tag") fatal(`${version}: lightweight tags are not supported`);
  mustGit(app.recipeDir, "checkout", "--quiet", version);
  return version;
};

const quoted = (value: string): string => JSON.stringify(value.replaceAll("$", "$$$$"));

/** The keys that the recipe's own files set for the service `app`: those stay as they are. */
const ownKeys = async (files: readonly string[]): Promise<ReadonlySet<string>> => {
  const { parse } = await import("yaml");
  const keys = files.flatMap((file) => {
    const document = parse(readFileSync(file, "utf8")) as { services?: { app?: { environment?: unknown } | null } } | null;
    const environment = document?.services?.app?.environment ?? [];
    return Array.isArray(environment) ? environment.map((one) => String(one).split("=")[0] ?? "") : Object.keys(environment);
  });
  return new Set(keys);
};

/** What abra adds to the service `app`, its labels and all keys of the .env, as a compose file that comes last. */
const additions = async (app: App, files: readonly string[], chaos: boolean, version: string): Promise<string> => {
  const label = (name: string, value: string): string => `        - "coop-cloud.${app.stack}.${name}=${value}"`;
  const labels = [label("recipe", app.recipe), label("chaos", String(chaos)), ...(chaos ? [label("chaos-version", version)] : [label("version", version)])];
  const own = await ownKeys(files);
  const exposed = Object.entries(app.env).filter(([key]) => !own.has(key)).map(([key, value]) => `      ${key}: ${quoted(value)}`);
  const format = /^version:.*$/m.exec(readFileSync(files[0] ?? "", "utf8"))?.[0] ?? 'version: "3.8"';
  const environment = exposed.length === 0 ? [] : ["    environment:", ...exposed];
  return [format, "services:", "  app:", ...environment, "    deploy:", "      labels:", ...labels, ""].join("\n");
};

const compose = async (app: App, files: readonly string[], chaos: boolean, version: string): Promise<void> => {
  const last = join(abraDir(), `.compose-${app.stack}-${process.pid}.yml`);
  writeFileSync(last, await additions(app, files, chaos, version));
  try {
    const env = { ...process.env, ...exportsOf(app.recipeDir), ...app.env, DOMAIN: app.env["DOMAIN"] ?? app.domain, STACK_NAME: app.stack };
    const { code, stdout, stderr } = docker(["stack", "deploy", ...[...files, last].flatMap((file) => ["-c", file]), app.stack], env);
    process.stdout.write(stdout);
    if (code !== 0) fatal(stderr.trim().split("\n").at(-1) ?? "docker failed");
  } finally {
    rmSync(last, { force: true });
  }
};

const assertSecrets = (app: App): void => {
  const there = new Set(listed("secret", app.stack));
  for (const secret of wantedSecrets(app)) {
    if (!there.has(fullName(app, secret))) fatal(secret.generate ? `secret not generated: ${secret.name}` : `secret not inserted (#generate=false): ${secret.name}`);
  }
};

/** Submits the stack, and waits for it unless told not to. */
export const deploy = async ([domain = "", asked]: readonly string[], line: CommandLine): Promise<void> => {
  const app = findApp(domain);
  const chaos = isChaos(line);
  ensureRecipe(app, chaos);
  if (isDeployed(app) && !chaos && !has(line, "-f", "--force")) fatal(`${domain} is already deployed, try: abra app upgrade`);
  const version = pickVersion(app, asked, chaos);
  assertSecrets(app);
  const names = (app.env["COMPOSE_FILE"] || "compose.yml").split(":").filter((name) => name !== "");
  await compose(app, names.map((name) => join(app.recipeDir, name)), chaos, version);
  if (!has(line, "-c", "--no-converge-checks")) await waitConverged(app);
  const content = readFileSync(app.file, "utf8");
  writeFileSync(app.file, content.replace(/^(TYPE|RECIPE)=.*$/m, (_, key: string) => `${key}=${app.recipe}:${version}`));
  info(`deployed ${domain} (${version})`);
};
