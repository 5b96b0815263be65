import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../machines/errors.js";
import { installation } from "./settings/installation.js";

/**
 * In the sandbox, a recipe's repository is the bundled example of that name, laid out as git with its version tags.
 * An unknown name is left to the clone, which says so.
 */
export const exampleRepository =
  (sandbox: string) =>
  (recipe: string): string => {
    const source = join(installation, "examples", "recipes", recipe);
    const repository = join(sandbox, "repositories", recipe);
    if (!existsSync(source)) return repository;
    mkdirSync(join(sandbox, "repositories"), { recursive: true });
    try {
      execFileSync(join(installation, "examples", "lay-out.sh"), [recipe, repository], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    } catch (error) {
      throw new RunError("example-broken", `the example ${recipe} could not be laid out as a repository`, {
        hint: `Try: examples/lay-out.sh ${recipe} ${repository}`,
        exitCode: 69,
        cause: error,
      });
    }
    return repository;
  };
