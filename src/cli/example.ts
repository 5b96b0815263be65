import { makeFolder } from "../effects/files/make-folder.js";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { keptEnvironment } from "../effects/children/environment.js";
import type { Scope } from "../effects/children/registry.js";
import { RunError } from "../machines/errors.js";
import { installation } from "./settings/installation.js";

const limitMs = 30_000;

/**
 * In the sandbox, a recipe's repository is the bundled example of that name, laid out as git with its version tags.
 * An unknown name is left to the clone, which says so.
 */
export const exampleRepository =
  (sandbox: string, scope: Scope) =>
  async (recipe: string, signal: AbortSignal): Promise<string> => {
    const source = join(installation, "examples", "recipes", recipe);
    const repository = join(sandbox, "repositories", recipe);
    if (!existsSync(source)) return repository;
    makeFolder(join(sandbox, "repositories"));
    const file = join(installation, "examples", "lay-out.sh");
    const { exitCode, stderr, command } = await scope.run({ file, args: [recipe, repository], env: keptEnvironment(process.env), cwd: sandbox, limitMs }, signal);
    if (exitCode === 0) return repository;
    throw new RunError("example-broken", `the example ${recipe} could not be laid out as a repository`, {
      hint: `Try: ${command}`,
      details: stderr.trim().split("\n").slice(-5),
    });
  };
