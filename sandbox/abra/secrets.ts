import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureRecipe, findApp } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";
import { wantedSecrets } from "./wanted-secrets.js";

/** Creates secrets like the docker client: without the stack's label, so that they outlive the stack. Prints the values. */
export const generateSecrets = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  await ensureRecipe(session, app);
  const there = new Set(await session.listed("secret", app.stack));
  const wanted = wantedSecrets(app).filter((secret) => secret.generate && !there.has(secret.fullName));
  if (wanted.length === 0) return session.say("WARN", `no secrets to generate for ${domain}`);
  for (const secret of wanted) {
    const input = randomBytes(secret.length).toString("hex").slice(0, secret.length);
    if (secret.fullName.length > 64) fatal(`secret name ${secret.fullName} is longer than 64 characters`);
    const { code, stderr } = await session.docker(["secret", "create", secret.fullName, "-"], { input });
    if (code !== 0) fatal(stderr.trim());
    session.caller.out(`${secret.name}  ${input}\n`);
  }
};

export const removeSecrets = async (session: Session, [domain = "", only]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  await ensureRecipe(session, app);
  const names = wantedSecrets(app)
    .filter(({ name }) => only === undefined || name === only)
    .map(({ fullName }) => fullName);
  const there = new Set(await session.listed("secret", app.stack));
  const found = names.filter((name) => there.has(name));
  if (found.length === 0) return session.say("WARN", "no secrets to remove?");
  await session.mustDocker(["secret", "rm", ...found]);
  session.say("INFO", `removed ${found.length} secrets`);
};

export const listSecrets = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  const there = new Set(await session.listed("secret", app.stack));
  const rows = wantedSecrets(app).map((secret) => ({
    name: secret.name,
    version: secret.version,
    "generated name": secret.fullName,
    "created on server": String(there.has(secret.fullName)),
  }));
  session.caller.out(`${JSON.stringify(rows)}\n`);
};

/** `secret insert DOMAIN NAME VERSION VALUE`; with --file the value is the name of a file. */
export const insertSecret = async (
  session: Session,
  [domain = "", name = "", version = "", value = ""]: readonly string[],
): Promise<void> => {
  const app = findApp(session, domain);
  await ensureRecipe(session, app);
  if (value === "") fatal("no secret value given");
  const input = session.has("-f", "--file") ? readFileSync(resolve(session.caller.cwd, value), "utf8") : value;
  const { code, stderr } = await session.docker(["secret", "create", `${app.stack}_${name}_${version}`, "-"], { input });
  if (code !== 0) fatal(/already exists/i.test(stderr) ? `${app.stack}_${name}_${version} already exists` : stderr.trim());
  session.say("INFO", `${name} successfully stored on server`);
};
