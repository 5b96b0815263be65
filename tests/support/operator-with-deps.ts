import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./processes.js";

/** A copy of the examples' operator folder in which recipes have these deps, and echo a custom test if one is given. */
export const operatorWithDeps = (needs: Readonly<Record<string, string>>, custom?: string, folder = temporaryFolder()): string => {
  cpSync("examples/operator", folder, { recursive: true });
  for (const [recipe, deps] of Object.entries(needs)) {
    const file = join(folder, recipe, "recipe.yml");
    writeFileSync(file, `${readFileSync(file, "utf8")}\ndeps: ${deps}\n`);
  }
  if (custom !== undefined) {
    const file = join(folder, "echo", "tests", "custom", "20-dep");
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, `#!/bin/sh\nset -eu\n${custom}\n`);
    chmodSync(file, 0o700);
  }
  return folder;
};
