import { assertResults } from "../results-schema.js";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whichAbra } from "../swarm/bring-up.js";
import { layOutRecipes } from "./sandbox-world.js";
import { checkout, type World } from "./world.js";

/** Short, since abra cuts a stack's name; nobody else's, since everything of it may be reaped. */
const zoneOf = (suffix: string): string => `rc-${suffix}.localhost`;

/** The real docker, and folders of its own for everything else. The Swarm must be up and have the examples' images. */
export const swarmWorld = (): World => {
  const root = mkdtempSync(join(tmpdir(), "swarm-world-"));
  const zone = zoneOf(
    root
      .slice(-6)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "x"),
  );
  for (const folder of ["locks", "runs", "abra/servers/default", "abra/catalogue"]) mkdirSync(join(root, folder), { recursive: true });
  layOutRecipes(join(root, "repositories"));
  const abra = whichAbra();
  return {
    root,
    env: {
      CCCI_ZONE: zone,
      CCCI_APP_LOCK_DIR: join(root, "locks"),
      CCCI_RUNS_DIR: join(root, "runs"),
      CCCI_RECIPES_DIR: join(checkout, "examples/operator"),
      CCCI_ABRA: abra.path,
      CCCI_DOCKER: "docker",
      ABRA_DIR: join(root, "abra"),
    },
    flags: [],
    sourceOf: (recipe) => ["--src", join(root, "repositories", recipe)],
    oracle: {
      zone,
      docker: "docker",
      env: {},
      lockDir: join(root, "locks"),
      runsDir: join(root, "runs"),
      serversDir: join(root, "abra/servers"),
      sandbox: null,
    },
    dispose: async () => {
      assertResults(join(root, "runs"));
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
