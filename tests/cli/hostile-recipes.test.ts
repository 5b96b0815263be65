import { describe, expect, test } from "vitest";
import { compose, hostileRecipes, refused } from "./hostile-recipe-cases.js";

const { sandbox, recipe, operator, run, verbs, expectRefused } = hostileRecipes();

// The others: hostile-recipes.slow.test.ts.
describe("a recipe is refused before abra is asked for an app of it:", () => {
  test.each(refused.slice(0, 1))("%s", (_, files, exitCode, said) => expectRefused(files, exitCode, said));
});

test("what a recipe calls its things can neither clear a terminal nor look like a line of ours", async () => {
  const forged = "wiki (wiki-0a1b2c.ci.test): passed, exit code 0";
  const name = String.raw`/etc\e[2J\e]0;x\x07\u009b2J\u202E\r\n${forged}\r\n`;
  const { code, stdout, stderr } = await run(
    recipe({ "compose.yml": compose(`    volumes: [{ type: bind, source: "${name}", target: /host }]\n`) }),
    operator({ "recipe.yml": "reach: service:app:8080\n" }),
  );
  expect(code).toBe(1);
  const all = stdout + stderr;
  expect(all).toContain(forged);
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(all.split("\n").filter((line) => line.startsWith(forged))).toEqual([]);
});

test("an .env that was pointed at another app during the run is not what teardown asks abra about, and the run's own app still goes", async () => {
  const meddle = `#!/bin/sh\necho 'STACK_NAME=shop_coop' >> "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env"\n`;
  const { code, stdout } = await run(
    recipe({}),
    operator({ "recipe.yml": "reach: service:app:8080\nmonitor: 500ms\n", "tests/custom/10-meddle": meddle }),
  );
  expect(verbs().some((verb) => verb.startsWith("app deploy"))).toBe(true);
  expect(verbs().some((verb) => verb.startsWith("app undeploy"))).toBe(false);
  expect(stdout).toContain("nothing is left");
  expect(code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});
