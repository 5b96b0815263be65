import { makeFolder } from "../effects/files/make-folder.js";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { keptEnvironment } from "../effects/children/environment.js";
import type { Scope } from "../effects/children/registry.js";
import { didYouMean } from "../effects/did-you-mean.js";
import { RunError } from "../machines/errors.js";
import { installation } from "./settings/installation.js";

const limitMs = 30_000;

/** A digest of the example's files: if they change, the example gets another repository. */
const digestOf = (folder: string): string => {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).toSorted((a, b) =>
    join(a.parentPath, a.name).localeCompare(join(b.parentPath, b.name)),
  )) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) hash.update(`${relative(folder, path)}\0`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 8);
};

/**
 * In the sandbox, a recipe's repository is the bundled example of that name, turned into a git repository with version
 * tags: once for each state of the example, so that one made by an earlier recipe-ci is not taken for the current one.
 * Throws `unknown-recipe`.
 */
export const exampleRepository =
  (sandbox: string, scope: Scope) =>
  async (recipe: string, signal: AbortSignal): Promise<string> => {
    const examples = join(installation, "examples", "recipes");
    const source = join(examples, recipe);
    if (!existsSync(source)) {
      throw new RunError("unknown-recipe", `${recipe} is none of the sandbox's examples`, {
        hint: `${didYouMean(recipe, readdirSync(examples).toSorted())} Give any other recipe's repository with --src.`,
      });
    }
    const repository = join(sandbox, "repositories", `${recipe}-${digestOf(source)}`);
    makeFolder(join(sandbox, "repositories"));
    const file = join(installation, "examples", "lay-out.sh");
    const { exitCode, stderr, command } = await scope.run(
      { file, args: [recipe, repository], env: keptEnvironment(process.env), cwd: sandbox, limitMs },
      signal,
    );
    if (exitCode === 0) return repository;
    throw new RunError("example-broken", `the example ${recipe} could not be laid out as a repository`, {
      hint: `Try: ${command}`,
      details: stderr.trim().split("\n").slice(-5),
    });
  };
