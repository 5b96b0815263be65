import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { newSuffix } from "../shared/suffix.js";
import { composeFilesOf, ensureRecipe, findApp, isDeployed, readEnv, versions, type App } from "./app.js";
import { waitConverged } from "./converge.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";
import { wantedSecrets, withVersion } from "./wanted-secrets.js";

const exportsOf = (recipeDir: string): Readonly<Record<string, string>> => {
  const file = join(recipeDir, "abra.sh");
  return existsSync(file) ? readEnv(readFileSync(file, "utf8")) : {};
};

/** Eight digits of the commit, with `+U` if there are files that git does not know. */
const chaosVersion = async (session: Session, recipeDir: string): Promise<string> => {
  const dirty = (await session.mustGit(recipeDir, "status", "--porcelain")) !== "";
  return `${(await session.mustGit(recipeDir, "rev-parse", "HEAD")).slice(0, 8)}${dirty ? "+U" : ""}`;
};

const pickVersion = async (session: Session, app: App, asked: string | undefined): Promise<string> => {
  if (session.isChaos) return chaosVersion(session, app.recipeDir);
  const version = asked ?? app.version ?? (await versions(session, app.recipeDir)).at(-1);
  if (version === undefined) return (await session.mustGit(app.recipeDir, "rev-parse", "HEAD")).slice(0, 8);
  const { stdout } = await session.git(app.recipeDir, "cat-file", "-t", `refs/tags/${version}`);
  if (stdout.trim() !== "tag") fatal(`${version}: lightweight tags are not supported`);
  await session.mustGit(app.recipeDir, "checkout", "--quiet", version);
  return version;
};

const quoted = (value: string): string => JSON.stringify(value.replaceAll("$", "$$$$"));

/** The keys that the recipe's own files set for the service `app`, which stay as they are. */
const ownKeys = (files: readonly string[]): ReadonlySet<string> => {
  const keys = files.flatMap((file) => {
    const document = parse(readFileSync(file, "utf8"), { merge: true, logLevel: "error" }) as {
      services?: { app?: { environment?: unknown } | null };
    } | null;
    const environment = document?.services?.app?.environment ?? [];
    return Array.isArray(environment) ? environment.map((one) => String(one).split("=")[0] ?? "") : Object.keys(environment);
  });
  return new Set(keys);
};

/** What abra adds to the service `app` (its labels and all keys of the .env), as the last compose file. */
const additions = (session: Session, app: App, files: readonly string[], version: string): string => {
  const label = (name: string, value: string): string => `        - "coop-cloud.${app.stack}.${name}=${value}"`;
  const labels = [
    label("recipe", app.recipe),
    label("chaos", String(session.isChaos)),
    ...(session.isChaos ? [label("chaos-version", version)] : [label("version", version)]),
  ];
  const own = ownKeys(files);
  const exposed = Object.entries(app.env)
    .filter(([key]) => !own.has(key))
    .map(([key, value]) => `      ${key}: ${quoted(value)}`);
  const format = /^version:.*$/m.exec(readFileSync(files[0] ?? "", "utf8"))?.[0] ?? "";
  const environment = exposed.length === 0 ? [] : ["    environment:", ...exposed];
  return [format, "services:", "  app:", ...environment, "    deploy:", "      labels:", ...labels, ""].join("\n");
};

/** The first version of docker's client that accepts a compose file without a version line. Debian 12 has an older one. */
const takesNoVersion = 25;

/**
 * Copies of the files with the version line that abra's own reader assumes, in the same folder because of the paths in them.
 * None if the client assumes that version too, or if each file has its own.
 */
const versioned = async (session: Session, files: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const silent = files.filter((file) => existsSync(file) && !/^version\s*:/m.test(readFileSync(file, "utf8")));
  if (silent.length === 0) return new Map();
  const { stdout } = await session.docker(["version", "--format", "{{.Client.Version}}"], {});
  if (Number.parseInt(stdout, 10) >= takesNoVersion) return new Map();
  return new Map(
    silent.map((file) => {
      const copy = join(dirname(file), `.compose-${newSuffix()}.yml`);
      writeFileSync(copy, withVersion(readFileSync(file, "utf8")));
      return [file, copy];
    }),
  );
};

const compose = async (session: Session, app: App, files: readonly string[], version: string): Promise<void> => {
  const last = join(session.abraDir, `.compose-${app.stack}-${newSuffix()}.yml`);
  const copies = await versioned(session, files);
  const read = files.map((file) => copies.get(file) ?? file);
  writeFileSync(last, additions(session, app, read, version));
  try {
    const env = {
      ...session.caller.env,
      ...exportsOf(app.recipeDir),
      ...app.env,
      DOMAIN: app.env["DOMAIN"] ?? app.domain,
      STACK_NAME: app.stack,
    };
    const { code, stdout, stderr } = await session.docker(
      ["stack", "deploy", ...[...read, last].flatMap((file) => ["-c", file]), app.stack],
      { env },
    );
    session.caller.out(stdout);
    if (code !== 0) fatal(stderr.trim().split("\n").at(-1) ?? "docker failed");
  } finally {
    for (const file of [last, ...copies.values()]) rmSync(file, { force: true });
  }
};

const assertSecrets = async (session: Session, app: App): Promise<void> => {
  const there = new Set(await session.listed("secret", app.stack));
  for (const secret of wantedSecrets(app)) {
    if (!there.has(secret.fullName))
      fatal(secret.generate ? `secret not generated: ${secret.name}` : `secret not inserted (#generate=false): ${secret.name}`);
  }
};

/** Submits the stack, and waits for it unless told not to. */
export const deploy = async (session: Session, [domain = "", asked]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  await ensureRecipe(session, app);
  if (!session.isChaos && !session.has("-f", "--force") && (await isDeployed(session, app)))
    fatal(`${domain} is already deployed, try: abra app upgrade`);
  const version = await pickVersion(session, app, asked);
  await assertSecrets(session, app);
  await compose(session, app, composeFilesOf(app), version);
  if (!session.has("-c", "--no-converge-checks")) await waitConverged(session, app);
  const content = readFileSync(app.file, "utf8");
  session.write(
    app.file,
    content.replace(/^(TYPE|RECIPE)=.*$/m, (_, key: string) => `${key}=${app.recipe}:${version}`),
  );
  session.say("INFO", `deployed ${domain} (${version})`);
};
