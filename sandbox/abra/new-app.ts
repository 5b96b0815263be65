import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandLine } from "../shared/words.js";
import { abraDir, servers, versions } from "./app.js";
import { fatal, info } from "./fatal.js";
import { isChaos } from "./flags.js";
import { mustGit } from "./tools.js";

/** Writes the .env from the recipe's sample; without --chaos the recipe's tree is moved to its newest release. */
export const newApp = ([recipe = "", version]: readonly string[], line: CommandLine): void => {
  const recipeDir = join(abraDir(), "recipes", recipe);
  if (!existsSync(join(recipeDir, ".git"))) fatal(`unable to find recipe ${recipe}`);
  const [server = "default"] = line.flag("--server", "-s");
  const [domain] = line.flag("--domain", "-D");
  if (domain === undefined || domain === "") return fatal("no domain provided");
  if (!servers().includes(server)) fatal(`unknown server: ${server}`);
  const file = join(abraDir(), "servers", server, `${domain}.env`);
  if (existsSync(file)) fatal(`${file} already exists?`);
  const release = version ?? versions(recipeDir).at(-1);
  if (!isChaos(line) && release !== undefined) mustGit(recipeDir, "checkout", "--quiet", "--force", release);
  const sample = join(recipeDir, ".env.sample");
  if (!existsSync(sample)) fatal(`${recipe} has no .env.sample`);
  const content = readFileSync(sample, "utf8").replaceAll(`${recipe}.example.com`, domain);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
  info(`new app created: ${domain} (${recipe})`);
};
