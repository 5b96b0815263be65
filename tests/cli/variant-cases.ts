import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../support/sandbox-run.js";

/** An operator's folder whose recipe has such variants, and one test that does this. */
export const operatorWith = (sandbox: Sandbox, variants: string, custom = "exit 0"): NodeJS.ProcessEnv => {
  const folder = join(sandbox.root, "operators");
  cpSync("examples/operator/echo", join(folder, "echo"), { recursive: true });
  const file = join(folder, "echo", "recipe.yml");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nvariants: ${variants}\n`);
  writeFileSync(join(folder, "echo", "tests", "custom", "10-echo"), `#!/bin/sh\n${custom}\n`, { mode: 0o755 });
  return { CCCI_RECIPES_DIR: folder };
};

/** Each of them, in its own run. */
export const all = ["run", "echo", "--sandbox", "--stages", "custom", "--variant", "all", "--run-id", "v"];
