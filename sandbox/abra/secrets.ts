import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CommandLine } from "../shared/words.js";
import { ensureRecipe, findApp, type App } from "./app.js";
import { fatal, info, warn } from "./fatal.js";
import { has, isChaos } from "./flags.js";
import { docker, listed, mustDocker } from "./tools.js";

export interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly length: number;
  readonly generate: boolean;
}

/** `SECRET_DB_PASSWORD_VERSION=v1 # length=32 generate=false`: the modifiers stand in the comment. */
export const wantedSecrets = (app: App): readonly Wanted[] =>
  readFileSync(app.file, "utf8")
    .split("\n")
    .flatMap((text) => {
      const [, name, version, rest = ""] = /^SECRET_(\w+)_VERSION=(\S+)\s*(.*)$/.exec(text) ?? [];
      if (name === undefined || version === undefined) return [];
      return { name: name.toLowerCase(), version, length: Number(/length=(\d+)/.exec(rest)?.[1] ?? 32), generate: !/generate=false/.test(rest) };
    });

export const fullName = (app: App, { name, version }: Wanted): string => `${app.stack}_${name}_${version}`;

/** Made as the docker client makes them: without the stack's label, so that they outlive the stack. The values are printed. */
export const generateSecrets = ([domain = ""]: readonly string[], line: CommandLine): void => {
  const app = findApp(domain);
  ensureRecipe(app, isChaos(line));
  const there = new Set(listed("secret", app.stack));
  const wanted = wantedSecrets(app).filter((secret) => secret.generate && !there.has(fullName(app, secret)));
  if (wanted.length === 0) {
    warn(`no secrets to generate for ${domain}`);
    return;
  }
  for (const secret of wanted) {
    const value = randomBytes(secret.length).toString("hex").slice(0, secret.length);
    const name = fullName(app, secret);
    if (name.length > 64) fatal(`secret name ${name} is longer than 64 characters`);
    const { code, stderr } = docker(["secret", "create", name, "-"], process.env, value);
    if (code !== 0) fatal(stderr.trim());
    process.stdout.write(`${secret.name}  ${value}\n`);
  }
};

export const removeSecrets = ([domain = "", only]: readonly string[], line: CommandLine): void => {
  const app = findApp(domain);
  ensureRecipe(app, isChaos(line));
  const names = wantedSecrets(app)
    .filter(({ name }) => only === undefined || name === only)
    .map((secret) => fullName(app, secret));
  const there = new Set(listed("secret", app.stack));
  const found = names.filter((name) => there.has(name));
  if (found.length === 0) {
    warn("no secrets to remove?");
    return;
  }
  mustDocker(["secret", "rm", ...found]);
  info(`removed ${found.length} secrets`);
};

export const listSecrets = ([domain = ""]: readonly string[]): void => {
  const app = findApp(domain);
  const there = new Set(listed("secret", app.stack));
  const rows = wantedSecrets(app).map((secret) => ({ name: secret.name, version: secret.version, "generated name": fullName(app, secret), "created on server": String(there.has(fullName(app, secret))) }));
  process.stdout.write(`${JSON.stringify(rows)}\n`);
};

/** `secret insert DOMAIN NAME VERSION VALUE`; with --file the value is the name of a file. */
export const insertSecret = ([domain = "", name = "", version = "", value = ""]: readonly string[], line: CommandLine): void => {
  const app = findApp(domain);
  ensureRecipe(app, isChaos(line));
  if (value === "") fatal("no secret value given");
  const content = has(line, "-f", "--file") ? readFileSync(value, "utf8") : value;
  const { code, stderr } = docker(["secret", "create", `${app.stack}_${name}_${version}`, "-"], process.env, content);
  if (code !== 0) fatal(/already exists/i.test(stderr) ? `${app.stack}_${name}_${version} already exists` : stderr.trim());
  info(`${name} successfully stored on server`);
};
