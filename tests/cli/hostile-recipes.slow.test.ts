import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compose, hostileRecipes, refused } from "./hostile-recipe-cases.js";

const { own, recipe, operator, run, expectRefused } = hostileRecipes();

describe("a recipe is refused before abra is asked for an app of it:", () => {
  test.each(refused.slice(1))("%s", (_, files, exitCode, said) => expectRefused(files, exitCode, said));
});

test("what the operator allowed is deployed, and what the recipe builds on its DOMAIN is built on the run's", async () => {
  const source = recipe({ "compose.yml": compose('    cap_add: [NET_ADMIN]\n    environment: ["URL"]\n') });
  appendFileSync(join(source, ".env.sample"), "URL=https://$DOMAIN/\n");
  // A sample that is a link inside the recipe, with a byte-order mark, is a sample.
  writeFileSync(join(source, "env.example"), `\uFEFF${readFileSync(join(source, ".env.sample"), "utf8")}`);
  rmSync(join(source, ".env.sample"));
  symlinkSync("env.example", join(source, ".env.sample"));
  const { code } = await run(
    source,
    operator({
      "recipe.yml": "reach: service:app:8080\nmonitor: 500ms\nallow: { capabilities: [NET_ADMIN] }\n",
      "tests/custom/10-env": `#!/bin/sh\ngrep -q "^STACK_NAME=" "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env" && head -n 1 "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env" | grep -q "^# recipe-ci run ${own("r")}$"\n`,
    }),
  );
  expect(code).toBe(0);
});
