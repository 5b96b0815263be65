import { describe, expect, test } from "vitest";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecipeSettings, readRecipeSettings, readSettings } from "../../../src/effects/recipe/recipe-settings.js";
import { nothingAllowed } from "../../support/nothing-allowed.js";
import { must } from "../../support/children.js";
import { settings } from "../../support/explore/samples.js";
import { writeProgram } from "../../support/own-code.js";
import { temporaryFolder } from "../../support/processes.js";

const parse = (text: string) => parseRecipeSettings(text, "recipe.yml");

test("without a file, or with an empty one, everything has its default", () => {
  expect(parse("")).toEqual({ ...settings, reach: "auto" });
  expect(parse("# nothing\n")).toEqual(parse(""));
});

test("what is given is taken, the rest keeps its default", () => {
  expect(parse("reach: service:app:8080\ntimeouts: {deploy: 90s}")).toMatchObject({
    reach: "service:app:8080",
    timeouts: { deployMs: 90_000, probeMs: 180_000, tierMs: 900_000 },
  });
});

test("how long tasks must stay and what makes a crash loop can be said", () => {
  expect(parse("monitor: 30s\ncrashLoop: { deaths: 3, after: 20s }").convergence).toEqual({
    monitorMs: 30_000,
    crashDeaths: 3,
    crashMs: 20_000,
  });
  expect(parse("crashLoop: { after: 3m }").convergence).toEqual({ monitorMs: 5_000, crashDeaths: 5, crashMs: 180_000 });
});

test.each([
  ["crashLoop: { deaths: 0 }", "crashLoop.deaths is less than 1"],
  ["monitor: 5", "monitor "],
  ["reach: service:app:0", "reach is neither auto nor a URL nor service:<name>:<port>"],
  ["reech: https://x", "unknown key reech. Did you mean reach?"],
  ["timeouts: {de.plyo: 1m}", "unknown key timeouts.de.plyo. Did you mean deploy?"],
  ["a.b: 1", "unknown key a.b. Known: reach, health, ready, "],
  ["timeouts: {deplyo: 1m}", "unknown key timeouts.deplyo. Did you mean deploy?"],
  ["colour: red", "unknown key colour. Known: reach, health, ready, "],
  ["timeouts: {deploy: soon}", "timeouts.deploy is not a duration like 90s, 50m or 1h"],
  ["reach: ftp://x", "reach is neither auto nor a URL nor service:<name>:<port>"],
  ["reach: https://{domain}:99999", "reach is neither auto nor a URL"],
  ["reach: 'https://['", "reach is neither auto nor a URL"],
  ["reach: [", "recipe.yml:1: invalid YAML at line 1"],
  ["timeouts:\n\tdeploy: 10m", "recipe.yml:2: invalid YAML at line 2, column 1 (tab as indent)"],
  ["reach: auto\nreach: auto", "recipe.yml:2: invalid YAML at line 2 (duplicate key)"],
  ["- a list", "recipe.yml:1: the file must be a mapping of keys"],
  ["# first\ntimeouts:\n  deploy: soon", 'recipe.yml:3: timeouts.deploy is not a duration like 90s, 50m or 1h (found "soon")'],
  ["health:\n  path: /up\n  stauts: 200", "recipe.yml:3: unknown key health.stauts. Did you mean status?"],
  ["ready:\n  - tcp: db:5432\n  - tpc: db:1", "recipe.yml:3: unknown key ready.1.tpc. Did you mean tcp?"],
  ["variants:\n  smtp:\n    enf: {}", "recipe.yml:3: unknown key variants.smtp.enf. Did you mean env?"],
  ["ready: { tcp: db:5432 }", "recipe.yml:1: ready is not a list (found"],
  ["health: { tcp: db:5432, path: /up }", "health has tcp, which takes neither path nor status nor redirects"],
  ["health: { tcp: db:70000 }", "health.tcp has no port from 1 to 65535"],
  ["health: { status: 2xy }", 'health.status is not a status like 200, 2xx or 200-399 (found "2xy")'],
  ["notApplicable: { backup: }", "notApplicable.backup needs a reason"],
  ["notApplicable: { bakup: no data }", "unknown key notApplicable.bakup. Did you mean backup?"],
  ["stages: [install, upgarde]", "stages.1 is not one of install, upgrade, backup, restore, custom"],
  ["env:\n  DOMAIN: x.example.org", "recipe.yml:1: env sets one of TYPE, RECIPE, DOMAIN"],
  ["env: { 1A: x }", "is not the name of a variable"],
  ["env: { API_TOKEN: [hunter2] }", "recipe.yml:1: env.API_TOKEN is not text"],
  ["upgradeBase: 1.0", "upgradeBase is not a version: write it in quotes"],
  ["variants: { smtp: { compose: [../x.yml] } }", "variants.smtp.compose.0 is not a compose file of the recipe"],
  ["backup: maybe", 'backup is not auto, true or false (found "maybe")'],
  ["deps: [{ recipe: keycloak, branch: x }]", "unknown key deps.0.branch."],
  ["timeouts: fast", 'timeouts must be a mapping of keys (found "fast")'],
])("%s is refused with exit code 2: %s", (text, said) => {
  expect(() => parse(text)).toThrowError(
    expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2, message: expect.stringContaining(said) as string }),
  );
});

test("a recipe.yml that is none is a wrong setting: 2, at once", () => {
  for (const make of [(path: string) => void must("mkfifo", [path]), (path: string) => symlinkSync("/dev/zero", path)]) {
    const folder = mkdtempSync(join(tmpdir(), "recipe-ci-settings-"));
    try {
      make(join(folder, "recipe.yml"));
      expect(() => readRecipeSettings(folder)).toThrowError(expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2 }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

test("what the operator allows is taken item by item, and a slip in it is named", () => {
  expect(
    parse('allow: { bind: ["/etc/localtime:ro"], ports: [25], capabilities: [NET_ADMIN], host: [pid=host], networks: [proxy2] }').allow,
  ).toEqual({
    ...nothingAllowed,
    bind: ["/etc/localtime:ro"],
    ports: [25],
    capabilities: ["NET_ADMIN"],
    host: ["pid=host"],
    networks: ["proxy2"],
  });
  expect(() => parse("allow: { binds: [/etc] }")).toThrow("unknown key allow.binds. Did you mean bind?");
  expect(() => parse("allow: { ports: [70000] }")).toThrow("allow.ports.0 is not a port");
  expect(() => parse("allow: { bind: [etc] }")).toThrow("allow.bind.0 is not a path");
  expect(() => parse("allow: { host: [pid] }")).toThrow("allow.host.0 is not key=value");
});

test("health and readiness are a page with its status, or connections in a row", () => {
  expect(parse("health: { path: /up, status: [200, 3xx, 401-403], redirects: stop, inARow: 5 }").health).toEqual({
    kind: "http",
    path: "/up",
    followsRedirects: false,
    inARow: 5,
    statuses: [
      { from: 200, to: 200 },
      { from: 300, to: 399 },
      { from: 401, to: 403 },
    ],
  });
  expect(parse("ready: [{ tcp: db:5432, inARow: 10 }]").ready).toEqual([{ kind: "tcp", service: "db", port: 5432, inARow: 10 }]);
});

test("a variable keeps the text that it was written with", () => {
  expect(
    parse("env: { A: 1.10, B: 0x1F, C: true, D: '1.10', E: }\nupgradeEnv: { F: 010 }\nvariants: { big: { env: { G: 1e3 } } }"),
  ).toMatchObject({
    env: { A: "1.10", B: "0x1F", C: "true", D: "1.10", E: "" },
    upgradeEnv: { F: "010" },
    variants: [{ name: "big", env: { G: "1e3" }, compose: [] }],
  });
});

test("a secret among the variables is not shown in a message", () => {
  for (const text of ["env: { A: { B: hunter2 } }", "upgradeEnv: { A: [hunter2] }", "variants: { x: { env: { A: [hunter2] } } }"]) {
    expect(() => parse(text)).toThrowError(expect.objectContaining({ message: expect.not.stringContaining("hunter2") as string }));
  }
});

describe("a recipe's own recipe.yml", () => {
  const own = (text: string) => parseRecipeSettings(text, "recipe.yml", "recipe");

  test("may say what is the app's own", () => {
    expect(own("reach: service:app:80")).toMatchObject({ reach: "service:app:80" });
    expect(
      own("deps: [keycloak, { recipe: minio }]\nreach: https://www.{domain}/start\ntests: { limit: 1m }\nenv: { A: b }"),
    ).toMatchObject({
      deps: [
        { recipe: "keycloak", source: null },
        { recipe: "minio", ref: null },
      ],
    });
  });

  test.each([
    ["allow: { ports: [25] }", "recipe.yml:1: allow is the operator's to say"],
    ["allow: {}", "allow is the operator's to say"],
    // The operator's `allow` of that dep would be the stranger's.
    ["deps:\n  - minio\n  - { recipe: backup-bot, src: https://evil.example/x.git }", "recipe.yml:3: deps.1 is the operator's to say"],
    ["deps: [{ recipe: backup-bot, ref: c0ffee0 }]", "deps.0 is the operator's to say"],
    // The operator's programs run as the run's user.
    ["tests: { env: { BASH_ENV: /proc/self/cwd/x } }", "tests.env is the operator's to say"],
    ...[
      "http://127.0.0.1:2375/containers/json",
      "http://169.254.169.254/{domain}",
      "https://{domain}.evil.example",
      "https://{domain}@10.0.0.1",
      "https://evil.example/?{domain}",
      "http://{domain}:2375",
      "https://x@{domain}",
      "https://evil.example\\\\.{domain}",
    ].map((url) => [`reach: "${url}"`, "reach is the operator's to say"]),
  ])("may not reach beyond it: %s", (text, said) => {
    expect(() => own(text)).toThrowError(
      expect.objectContaining({ code: "recipe-settings-invalid", exitCode: 2, message: expect.stringContaining(said) as string }),
    );
  });

  test.each(["notApplicable: { custom: too slow }", "stages: [install]"])(
    "may not leave out a stage that the operator has tests for: %s",
    (text) => {
      const folder = temporaryFolder();
      const [operatorDir, recipeDir] = [join(folder, "operator"), join(folder, "own")];
      mkdirSync(recipeDir);
      writeFileSync(join(recipeDir, "recipe.yml"), text);
      expect(readSettings(operatorDir, recipeDir)).toMatchObject({ from: "recipe" });
      writeProgram(operatorDir, "tests/custom/10-works", "exit 0");
      expect(() => readSettings(operatorDir, recipeDir)).toThrowError(
        expect.objectContaining({
          code: "recipe-settings-invalid",
          message: expect.stringContaining("leaves custom out, for which the operator has tests") as string,
        }),
      );
    },
  );
});
