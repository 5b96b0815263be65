import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initLines } from "../../src/cli/render/init-lines.js";
import { parseRecipeSettings } from "../../src/effects/recipe/recipe-settings.js";
import { childrenOf } from "../support/processes.js";
import { sendSignalIfThere } from "../support/signal.js";
import { Sandbox } from "../support/sandbox-run.js";
import { writeProgram } from "../support/own-code.js";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

const operators = (): string => join(sandbox.root, "operators");
const looks = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("recipe-ci-look-"));

/** A recipe's folder with a test of its own. */
const wiki = (more = ""): string => {
  const folder = join(sandbox.root, "wiki");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, ".env.sample"),
    'TYPE=wiki\nDOMAIN=wiki.example.com\nGREETING=hello\n# COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"\n',
  );
  writeFileSync(
    join(folder, "compose.yml"),
    `version: "3.8"\nservices:\n  app:\n    image: local/echo-app:1.0.0\n${more}    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:8080/up"]\n    deploy:\n      labels:\n        - "traefik.http.services.wiki.loadbalancer.server.port=8080"\n`,
  );
  writeProgram(join(folder, ".recipe-ci"), "tests/custom/10-own", "exit 0");
  return folder;
};

describe("recipe check", () => {
  test("works with a TMPDIR that is relative to the current folder", async () => {
    const { code, stderr } = await sandbox.run(["recipe", "check", "notes", "--sandbox"], {
      TMPDIR: relative(process.cwd(), sandbox.root),
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("says what a run would do, touches nothing and leaves nothing", async () => {
    const before = looks();
    const { code, stdout } = await sandbox.run(["recipe", "check", "notes", "--sandbox", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      services: ["app", "store"],
      images: ["local/notes-app:1.1.0", "local/notes-store:1.1.0"],
      customization: { settings_from: "operator", overlay: true, settings: { timeouts: { deployMs: 240_000 } } },
      plan: { rounds: [{ deploys: { tag: "0.1.0+1.0.0" } }] },
    });
    expect(looks().filter((name) => !before.includes(name))).toEqual([]);
    expect(existsSync(join(sandbox.root, "runs"))).toBe(false);
  });

  test("names what would fail a run and the recipe's own programs that it did not run, and ends with 1", async () => {
    const { code, stdout } = await sandbox.run(["recipe", "check", "wiki", "--src", wiki('    volumes: ["/etc:/host"]\n'), "--sandbox"]);
    expect(code).toBe(1);
    expect(stdout).toContain("a run would end at once: compose.yml:5");
    expect(stdout).toContain('allow: { bind: ["/etc"] }');
    expect(stdout).toContain("tests/custom/10-own): NOT run");
  });

  test("does not let a recipe's text begin a line", async () => {
    const forged = "nothing speaks against a run";
    const { code, stdout } = await sandbox.run([
      "recipe",
      "check",
      "wiki",
      "--src",
      wiki(`    volumes: [{ type: bind, source: "/etc\\n${forged}\\n##vso[task.complete]", target: /host }]\n`),
      "--sandbox",
    ]);
    expect([code, stdout.split("\n").filter((line) => line.startsWith(forged))]).toEqual([1, []]);
    expect(stdout).toContain(forged);
    expect(stdout).toContain("# #vso[task.complete]");
    expect(stdout).not.toContain("##vso[");
    const folder = wiki();
    appendFileSync(join(folder, "compose.yml"), `        - "coop-cloud.\${STACK_NAME}.version=0.1\\nwiki: passed, exit code 0"\n`);
    const slipped = await sandbox.run(["recipe", "check", "wiki", "--src", folder, "--sandbox"]);
    expect([slipped.code, slipped.stdout.split("\n").filter((line) => line.includes("passed, exit code 0"))]).toEqual([
      0,
      [expect.stringMatching(/^slip: /)],
    ]);
  });

  test("names the operator's own file if that has an error, not a copy of it", async () => {
    const folder = join(sandbox.root, "slips");
    for (const [recipe, text] of [
      ["wiki", "deps: [notes]\n"],
      ["notes", "reech: auto\n"],
    ] as const) {
      mkdirSync(join(folder, recipe), { recursive: true });
      writeFileSync(join(folder, recipe, "recipe.yml"), text);
    }
    const { code, stderr } = await sandbox.run(["recipe", "check", "wiki", "--src", wiki(), "--sandbox"], { CCCI_RECIPES_DIR: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`recipe-ci: ${join(folder, "notes", "recipe.yml")}:1: unknown key reech`)]);
  });

  test.each([
    [["recipe", "chek", "notes", "--sandbox"], "Did you mean check?"],
    [["recipe", "check", "notes", "--sandbox", "--variant", "smtp"], "the recipe has no variant"],
    [["recipe", "check", "notes", "--sandbox", "--ref", "nowhere"], "there is no nowhere"],
  ])("ends with 2 on the wrong call %j", async (args, said) => {
    const { code, stderr } = await sandbox.run(args);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });
});

test("when recipe check was killed, the next one or a janitor removes its folder", async () => {
  const [forge, tmp] = [createServer().listen(0, "127.0.0.1"), join(sandbox.root, "tmp")];
  mkdirSync(tmp);
  await once(forge, "listening");
  const { port } = forge.address() as AddressInfo;
  for (const next of [["recipe", "check", "notes"], ["janitor"]]) {
    const asked = once(forge, "request");
    const { child, ended } = sandbox.start(["recipe", "check", "wiki", "--src", `http://127.0.0.1:${port}/wiki.git`, "--sandbox"], {
      TMPDIR: tmp,
    });
    await asked;
    for (const pid of childrenOf(child.pid ?? 0)) sendSignalIfThere(pid, "SIGKILL");
    await ended;
    expect(readdirSync(tmp)).toEqual([expect.stringMatching(/^recipe-ci-look-/)]);
    expect((await sandbox.run([...next, "--sandbox"], { TMPDIR: tmp })).code).toBe(0);
    expect(readdirSync(tmp)).toEqual([]);
  }
  forge.close().closeAllConnections();
});

describe.each(["check", "init"])("recipe %s", (action) => {
  test("leaves nothing behind when it is stopped while git waits for a forge", async () => {
    const before = looks();
    const forge = createServer().listen(0, "127.0.0.1");
    await once(forge, "listening");
    const { port } = forge.address() as AddressInfo;
    const asked = once(forge, "request");
    const { child, ended } = sandbox.start(["recipe", action, "wiki", "--src", `http://127.0.0.1:${port}/wiki.git`, "--sandbox"], {
      CCCI_RECIPES_DIR: operators(),
    });
    await asked;
    child.kill("SIGTERM");
    const { code, stderr } = await ended;
    forge.close().closeAllConnections();
    expect([code, stderr]).toEqual([143, expect.stringContaining("stopped by TERM")]);
    expect(looks().filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe("recipe init", () => {
  test("writes a recipe.yml from what it finds in the recipe, which counts at once, and never overwrites one", async () => {
    const given = ["recipe", "init", "wiki", "--src", wiki(), "--sandbox"];
    const { code, stdout } = await sandbox.run(given, { CCCI_RECIPES_DIR: operators() });
    const file = join(operators(), "wiki", "recipe.yml");
    expect(stdout).toContain(`wrote ${file}`);
    expect(stdout).toContain(`a run has a custom tier once ${join(operators(), "wiki")} has tests/custom`);
    expect(stdout).toContain(`try it: recipe-ci recipe check wiki --src ${join(sandbox.root, "wiki")} --sandbox\n`);
    expect(code).toBe(0);
    const check = await sandbox.run(["recipe", "check", "wiki", "--src", join(sandbox.root, "wiki"), "--sandbox"], {
      CCCI_RECIPES_DIR: operators(),
    });
    expect(check.stdout).toContain(`${join(operators(), "wiki")} has no tests/custom: the custom tier is left out, the others decide\n`);
    expect(check.stdout).toMatch(/\nnothing speaks against a run\n$/);
    expect(check.code).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\//);
    expect(text).toContain("# service:app:8080 is what its labels say.");
    expect(text).toContain("GREETING");
    expect(text).toContain("#   smtp: { compose: [compose.smtp.yml] }");
    expect(parseRecipeSettings(text, file).health).toMatchObject({ kind: "http", path: "/up" });
    const again = await sandbox.run(given, { CCCI_RECIPES_DIR: operators() });
    expect(again.stderr).toContain("is there already");
    expect(again.code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("says where the recipe.yml of the current folder counts, and how to write the operator's", () => {
    const lines = initLines({
      file: "/w/.recipe-ci/recipe.yml",
      recipe: "wiki",
      source: "/w",
      isSandbox: false,
      listedIn: "/etc/recipe-ci/settings.yml",
    });
    expect(lines).toEqual([
      "wrote /w/.recipe-ci/recipe.yml",
      expect.stringContaining("/etc/recipe-ci/settings.yml lists wiki under allowRepoTests"),
      "to write the operator's instead: recipe-ci recipe init wiki --src .",
    ]);
  });

  test("ends with 2 and writes nothing in a folder that is no recipe", async () => {
    const folder = join(sandbox.root, "no-recipe");
    mkdirSync(folder);
    const { code, stderr } = await sandbox.run(["recipe", "init", "blog", "--src", folder, "--sandbox"], { CCCI_RECIPES_DIR: operators() });
    expect([code, stderr]).toEqual([2, expect.stringContaining("it has no .env.sample")]);
    writeFileSync(join(folder, ".env.sample"), "TYPE=blog\nDOMAIN=blog.example.com\n");
    const bare = await sandbox.run(["recipe", "init", "blog", "--src", folder, "--sandbox"], { CCCI_RECIPES_DIR: operators() });
    expect([bare.code, bare.stdout, bare.stderr]).toEqual([2, "", expect.stringContaining("it has no compose.yml")]);
    expect(existsSync(join(operators(), "blog"))).toBe(false);
    expect(readdirSync(folder)).toEqual([".env.sample"]);
  });
});
