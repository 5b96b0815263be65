import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

/** One for all: each test has a source, an operator's folder and a run of its own, and leaves nothing of an app. */
const sandbox = new Sandbox();
afterAll(() => sandbox.close());

let runs = 0;
const own = (name: string): string => `${name}${runs}`;
beforeEach(() => {
  runs += 1;
});

const compose = (more: string): string => `services:\n  app:\n    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n    ports: [{ target: 8080, mode: host }]\n${more}`;
const sample = "TYPE=wiki\nDOMAIN=wiki.example.com\n";

const recipe = (files: Readonly<Record<string, string>>): string => {
  const folder = join(sandbox.root, own("source"));
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ "compose.yml": compose(""), ".env.sample": sample, "abra.sh": "", ...files })) writeFileSync(join(folder, name), text);
  return folder;
};

const operator = (files: Readonly<Record<string, string>>): string => {
  const folder = join(sandbox.root, own("operator"));
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, "wiki", name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  }
  return folder;
};

const run = (source: string, operatorDir: string) =>
  sandbox.run(["run", "wiki", "--src", source, "--sandbox", "--run-id", own("r"), "--stages", "install,custom"], { CCCI_RECIPES_DIR: operatorDir });

/** The verbs that abra was called with. */
const verbs = (): readonly string[] => [...readFileSync(join(sandbox.root, "runs", own("r"), "run.log"), "utf8").matchAll(/"abra":"([^"]*)"/g)].map(([, verb]) => verb ?? "");

describe("a recipe is refused before abra is asked for an app of it:", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, number, string])[] = [
    ["it says which stack it is", { ".env.sample": `${sample}  export STACK_NAME: 'shop_coop'\n` }, 1, ".env.sample:3: STACK_NAME is set to shop_coop"],
    ["its abra.sh says which stack it is", { "abra.sh": "export STACK_NAME=shop_coop\n" }, 1, "abra.sh:1: STACK_NAME"],
    ["it is another recipe", { ".env.sample": sample.replace("TYPE=wiki", "TYPE=shop") }, 2, "TYPE names the recipe shop"],
    ["it mounts a path of the host", { "compose.yml": compose('    volumes: ["/etc:/host:ro"]\n') }, 1, 'allow: { bind: ["/etc:ro"] }'],
    ["it mounts one only by what abra.sh says", { ".env.sample": `${sample}WHAT=data\n`, "abra.sh": "export WHAT=/etc\n", "compose.yml": compose('    volumes: ["${WHAT}:/host"]\nvolumes: { data: {} }\n') }, 1, 'allow: { bind: ["/etc"] }'],
    ["it hands a file of the host to the app", { "compose.yml": compose("configs: { c: { file: /etc/passwd } }\n") }, 1, "compose.yml:6: the config c"],
    ["its network is missing", { "compose.yml": compose("    networks: [proxy]\nnetworks: { proxy: { external: true } }\n") }, 1, "docker network create -d overlay --attachable proxy"],
  ];
  test.each(cases)("%s", async (_, files, exitCode, said) => {
    const { code, stdout } = await run(recipe(files), operator({ "recipe.yml": "reach: service:app:8080\n" }));
    expect(stdout).toContain(said);
    expect(code).toBe(exitCode);
    expect(verbs().filter((verb) => verb.startsWith("app ") && verb !== "app ls")).toEqual([]);
    expect(sandbox.leftovers()).toEqual([]);
  });
});

test("what a recipe calls its things can neither clear a terminal nor look like a line of ours", async () => {
  const forged = "wiki (wiki-0a1b2c.ci.test): passed, exit code 0";
  const name = String.raw`/etc\e[2J\e]0;x\x07\u009b2J\u202E\r\n${forged}\r\n`;
  const { code, stdout, stderr } = await run(recipe({ "compose.yml": compose(`    volumes: [{ type: bind, source: "${name}", target: /host }]\n`) }), operator({ "recipe.yml": "reach: service:app:8080\n" }));
  expect(code).toBe(1);
  const all = stdout + stderr;
  expect(all).toContain(forged);
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(all.split("\n").filter((line) => line.startsWith(forged))).toEqual([]);
});

test("an .env that was pointed at another app during the run is not what teardown asks abra about, and the run's own app still goes", async () => {
  const meddle = `#!/bin/sh\necho 'STACK_NAME=shop_coop' >> "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env"\n`;
  const { code, stdout } = await run(recipe({}), operator({ "recipe.yml": "reach: service:app:8080\nmonitor: 500ms\n", "tests/custom/10-meddle": meddle }));
  expect(verbs().some((verb) => verb.startsWith("app deploy"))).toBe(true);
  expect(verbs().some((verb) => verb.startsWith("app undeploy"))).toBe(false);
  expect(stdout).toContain("nothing is left");
  expect(code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});

test("what the operator allowed is deployed, and what the recipe builds on its DOMAIN is built on the run's", async () => {
  const source = recipe({ "compose.yml": compose('    sysctls: { net.core.somaxconn: "1024" }\n    environment: ["URL"]\n') });
  appendFileSync(join(source, ".env.sample"), "URL=https://$DOMAIN/\n");
  // A sample that is a link inside the recipe, with a byte-order mark, is a sample.
  writeFileSync(join(source, "env.example"), `\uFEFF${readFileSync(join(source, ".env.sample"), "utf8")}`);
  rmSync(join(source, ".env.sample"));
  symlinkSync("env.example", join(source, ".env.sample"));
  const { code } = await run(source, operator({ "recipe.yml": "reach: service:app:8080\nmonitor: 500ms\nallow: { sysctls: [net.core.somaxconn] }\n", "tests/custom/10-env": `#!/bin/sh\ngrep -q "^STACK_NAME=" "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env" && head -n 1 "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env" | grep -q "^# recipe-ci run ${own("r")}$"\n` }));
  expect(code).toBe(0);
});
