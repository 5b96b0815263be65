import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { childEnvironment } from "../../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { createGit } from "../../../../src/effects/recipe/git.js";
import { assertNotDeadly, findSlips } from "../../../../src/effects/recipe/slips/read-slips.js";
import { createReadRecipe } from "../../../../src/effects/recipe/slips/recipe-at.js";
import type { Slip } from "../../../../src/machines/slip.js";
import type { App, Cookie, Domain, StackName } from "../../../../src/machines/vocabulary.js";
import { publish } from "../../../support/published.js";

const scope = createChildRegistry().scope("work");

type Files = Readonly<Record<string, string>>;

const compose = (version: string | null, image = "app:1", more = ""): string => `version: "3.8"
services:
  app:
    image: ${image}
    deploy:
      labels:
        - "x=y"
${version === null ? "" : `        - "coop-cloud.\${STACK_NAME}.version=${version}"\n`}configs:
  motd:
    name: \${STACK_NAME}_motd_\${MOTD_VERSION}
    file: motd.txt
${more}`;

const first: Files = {
  ".env.sample": "TYPE=box\nDOMAIN=box.example.com\n",
  "abra.sh": "export MOTD_VERSION=v1\n",
  "motd.txt": "hello\n",
  "compose.yml": compose("0.1.0+1"),
};

/** The slips of the last version; every one before it is published under the tag that stands with it. */
const slipsOf = async (
  versions: readonly (readonly [tag: string, files: Files])[],
  { bases = 1, stack = "box-123456_test" } = {},
): Promise<readonly Slip[]> => {
  const dir = mkdtempSync(join(tmpdir(), "recipe-ci-slips-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const published = publish(
    dir,
    versions.map(([tag, files], index) => [index < versions.length - 1 ? tag : null, files]),
  );
  const commits = versions.map(([tag], index) => ({ tag, commit: published[index] ?? "" }));
  const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: dir, abraDir: dir });
  const git = createGit({ scope, env: () => env, cwd: dir });
  const app: App = { recipe: "box", domain: "box-123456.test" as Domain, stack: stack as StackName, commit: commits.at(-1)?.commit ?? "" };
  return findSlips(
    { git, readRecipe: createReadRecipe(git), dir, app, settings: { env: {} }, bases: commits.slice(0, -1).toReversed().slice(0, bases) },
    AbortSignal.timeout(20_000),
  );
};

const found = (slips: readonly Slip[]): readonly string[] =>
  slips.map(({ code, file, line, deadly }) => `${code} ${file}:${line}${deadly ? " deadly" : ""}`);
const upgraded = (files: Files): ReturnType<typeof slipsOf> =>
  slipsOf([
    ["0.1.0+1", first],
    ["tested", files],
  ]);

describe("a config whose content changed", () => {
  test("under its old name is deadly, said with the variable to raise", async () => {
    const slips = await upgraded({ "motd.txt": "good evening\n", "compose.yml": compose("0.2.0+1") });
    expect(found(slips)).toEqual(["config-not-renamed compose.yml:11 deadly"]);
    expect(slips[0]?.sentence).toMatch(/motd\.txt changed since 0\.1\.0\+1.*raise MOTD_VERSION in abra\.sh/);
    expect(() => assertNotDeadly(slips)).toThrowError(
      expect.objectContaining({
        code: "packager-slip",
        exitCode: 1,
        message: expect.stringContaining("compose.yml:11: motd.txt changed") as string,
        details: [],
      }),
    );
    const two = slips.flatMap((slip) => [slip, { ...slip, line: 12 }]);
    const details = [/^compose\.yml:11: /, /^compose\.yml:12: /].map((line) => expect.stringMatching(line) as string);
    expect(() => assertNotDeadly(two)).toThrowError(
      expect.objectContaining({ message: expect.stringMatching(/\(and 1 more\)$/) as string, details }),
    );
  });

  test("under a new name is none", async () => {
    expect(
      found(await upgraded({ "motd.txt": "good evening\n", "abra.sh": "export MOTD_VERSION=v2\n", "compose.yml": compose("0.2.0+1") })),
    ).toEqual([]);
  });

  test("under its old name is one too where the .env pins the version that abra.sh raised", async () => {
    const pinned = { ...first, ".env.sample": `${first[".env.sample"] ?? ""}MOTD_VERSION=v1\n` };
    const raised = { "motd.txt": "good evening\n", "abra.sh": "export MOTD_VERSION=v2\n", "compose.yml": compose("0.2.0+1") };
    expect(
      found(
        await slipsOf([
          ["0.1.0+1", pinned],
          ["tested", raised],
        ]),
      ),
    ).toEqual(["config-not-renamed compose.yml:11 deadly"]);
  });

  test("is looked for against each base, and found behind the newest one", async () => {
    const versions = [
      ["0.1.0+1", first],
      ["0.2.0+1", { "motd.txt": "b\n", "abra.sh": "export MOTD_VERSION=v2\n", "compose.yml": compose("0.2.0+1") }],
      ["tested", { "motd.txt": "c\n", "abra.sh": "export MOTD_VERSION=v1\n", "compose.yml": compose("0.3.0+1") }],
    ] as const;
    expect(found(await slipsOf(versions))).toEqual([]);
    expect(found(await slipsOf(versions, { bases: 2 }))).toEqual(["config-not-renamed compose.yml:11 deadly"]);
  });
});

describe("the recipe's version", () => {
  test("that is missing, or has another form, is a slip", async () => {
    expect(found(await slipsOf([["tested", { ...first, "compose.yml": compose(null) }]]))).toEqual(["no-version-label compose.yml:4"]);
    expect(found(await slipsOf([["tested", { ...first, "compose.yml": compose("v1.2") }]]))).toEqual(["version-label-form compose.yml:8"]);
  });

  test("that was published already is one, and an image that moved under it another", async () => {
    const slips = await upgraded({ "compose.yml": compose("0.1.0+1", "app:2") });
    expect(found(slips)).toEqual(["version-published compose.yml:8", "image-without-version compose.yml:4"]);
    expect(slips[1]?.sentence).toContain("from app:1 to app:2");
    assertNotDeadly(slips);
  });

  test("that was published already is none where nothing of the deploy is another, nor at the very commit", async () => {
    expect(found(await upgraded({ "README.md": "more\n" }))).toEqual([]);
    expect(found(await slipsOf([["0.1.0+1", first]]))).toEqual([]);
  });
});

test("labels in a map whose keys have a variable are slips, each at its line, and a version among them is not missing as well", async () => {
  const asMap = compose("0.1.0+1")
    .replace('- "x=y"', 'x: "${DOMAIN}"')
    .replace(/- "(coop-cloud.*version)=0.1.0\+1"/, '"$1": "0.1.0+1"\n        "traefik.http.routers.${STACK_NAME}.rule": "true"');
  const slips = await slipsOf([["tested", { ...first, "compose.yml": asMap }]]);
  expect(found(slips)).toEqual(["variable-in-label-key compose.yml:8", "variable-in-label-key compose.yml:9"]);
  expect(slips[0]?.sentence).toContain("the label coop-cloud.${STACK_NAME}.version of the service app keeps its variable");
  const escaped = compose("0.1.0+1").replace('"x=y"', '"$${NOT}=y"');
  expect(found(await slipsOf([["tested", { ...first, "compose.yml": escaped }]]))).toEqual([]);
});

test("a recipe without a service app is deadly, at its first service, for abra knows the app by that one", async () => {
  const slips = await slipsOf([["tested", { ...first, "compose.yml": compose("0.1.0+1").replace("  app:", "  web:") }]]);
  expect(found(slips)).toEqual(["no-app-service compose.yml:4 deadly"]);
});

test("a time to wait that is no number of seconds is said at its label, and one that is is not", async () => {
  const withTimeout = (value: string) =>
    slipsOf([["tested", { ...first, "compose.yml": compose("0.1.0+1").replace('"x=y"', `"coop-cloud.\${STACK_NAME}.timeout=${value}"`) }]]);
  expect(found(await withTimeout("5m"))).toEqual(["timeout-form compose.yml:7"]);
  for (const value of ["300", "${TIMEOUT:-120}", ""]) expect(found(await withTimeout(value))).toEqual([]);
});

test("a comment right behind a = is said at its line, for abra takes it for the value", async () => {
  const sample = "TYPE=box\nDOMAIN=box.example.com\n# HOST= # off\nPORT=25 # usual\nCOLOUR=#fff\nQUOTED= '# x'\nHOST= # leave empty\n";
  const slips = await slipsOf([["tested", { ...first, ".env.sample": sample }]]);
  expect(found(slips)).toEqual(["comment-as-value .env.sample:7"]);
  expect(slips[0]?.sentence).toMatch(/^HOST has the comment/);
});

test("names that the Swarm would not take are deadly, at their place", async () => {
  const long = compose(
    "0.1.0+1",
    "app:1",
    `secrets:\n  token:\n    external: true\n    name: \${STACK_NAME}_a_very_long_name_for_a_token_v1\n`,
  );
  const slips = await slipsOf(
    [["tested", { ...first, "compose.yml": long.replace("  app:", `  ${"w".repeat(30)}:\n    image: app:1\n  app:`) }]],
    { stack: "box-123456_a_zone_of_many_letters_org" },
  );
  expect(found(slips)).toEqual(["name-too-long compose.yml:18 deadly", "name-too-long compose.yml:4 deadly"]);
});

test("files that do not resolve, or are larger than what is read on the way, have no slips: the deploy says what is wrong", async () => {
  for (const text of [
    "services: [",
    `services: {app: {image: "a:1"}}\nx-a: "${"x".repeat(40_000)}"\n`,
    "services: {app: {image: '${A:?needed}'}}\n",
  ]) {
    expect(await slipsOf([["tested", { ...first, "compose.yml": text }]])).toEqual([]);
  }
});
