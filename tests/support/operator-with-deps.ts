import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./processes.js";

/** The examples' operator folder with deps, and a test of echo's. */
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
