import { assertResults } from "../results-schema.js";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allPids, environmentOf, isAlive, namesIn, signal } from "../drone/processes.js";
import { waitFor } from "../drone/wait-for.js";
import { checkout, type World } from "./world.js";
import { must } from "../children.js";

/** Processes that have this sandbox's folder in their environment: the program's, its children's, the stand-ins'. */
export const processesOf = (root: string): readonly number[] =>
  allPids().filter((pid) => pid !== process.pid && isAlive(pid) && namesIn(pid, root));

/** What an engine would run in a control group of its own, outside of any CI step: services, and the sandbox's engine itself. */
export const isEngines = (pid: number): boolean =>
  environmentOf(pid).some((variable) => variable.startsWith("SANDBOX_ROOTFS=") || variable.startsWith("SANDBOX_ENGINE="));

const recipes = ["echo", "notes"] as const;

/** Laid out once for many worlds: it is only ever cloned. */
export const layOutRecipes = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  for (const recipe of recipes) must(join(checkout, "examples/lay-out.sh"), [recipe, join(folder, recipe)]);
};

/** A fresh sandbox. `repositories`: a folder of `layOutRecipes`, which saves each run from doing it. */
export const sandboxWorld = (repositories?: string): World => {
  const root = mkdtempSync(join(tmpdir(), "sandbox-world-"));
  if (repositories !== undefined) symlinkSync(repositories, join(root, "repositories"));
  const env = { RECIPE_CI_SANDBOX: root };
  return {
    root,
    env,
    flags: ["--sandbox"],
    sourceOf: () => [],
    oracle: {
      zone: "sandbox.localhost",
      docker: join(checkout, "sandbox/bin/docker"),
      env,
      lockDir: join(root, "locks"),
      runsDir: join(root, "runs"),
      serversDir: join(root, "abra/servers"),
      sandbox: root,
    },
    dispose: async () => {
      await waitFor("the sandbox's processes to end", () => {
        const left = processesOf(root);
        for (const pid of left) signal(pid, "SIGKILL");
        return left.length === 0;
      });
      assertResults(join(root, "runs"));
      if (existsSync(root)) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
