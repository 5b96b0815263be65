import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { servers, versions } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

/** Writes the .env from the recipe's sample; without --chaos the recipe's tree is moved to its newest release. */
export const newApp = async (session: Session, [recipe = "", version]: readonly string[]): Promise<void> => {
  const { abraDir, line } = session;
  const recipeDir = join(abraDir, "recipes", recipe);
  if (!existsSync(join(recipeDir, ".git"))) fatal(`unable to find recipe ${recipe}`);
  const [server = "default"] = line.flag("--server", "-s");
  const [domain] = line.flag("--domain", "-D");
  if (domain === undefined || domain === "") return fatal("no domain provided");
  if (!servers(session).includes(server)) fatal(`unknown server: ${server}`);
  const file = join(abraDir, "servers", server, `${domain}.env`);
  if (existsSync(file)) fatal(`${file} already exists?`);
  const release = version ?? (session.isChaos ? undefined : (await versions(session, recipeDir)).at(-1));
  if (!session.isChaos && release !== undefined) await session.mustGit(recipeDir, "checkout", "--quiet", "--force", release);
  const sample = join(recipeDir, ".env.sample");
  if (!existsSync(sample)) fatal(`${recipe} has no .env.sample`);
  const content = readFileSync(sample, "utf8").replaceAll(`${recipe}.example.com`, domain);
  mkdirSync(join(file, ".."), { recursive: true });
  session.write(file, content);
  session.say("INFO", `new app created: ${domain} (${recipe})`);
};
