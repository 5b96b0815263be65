import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RunError } from "../../src/machines/errors.js";
import { assertOperators, runSettings } from "../../src/cli/settings/run-settings.js";
import type { Flags } from "../../src/cli/options.js";
import { temporaryFolder } from "../support/processes.js";
import { testWith } from "../support/programs.js";

type Env = Readonly<Record<string, string | undefined>>;

const base: Env = { CCCI_ZONE: "ci.example.com", HOME: "/home/somebody" };
const settings = (flags: Flags, env: Env, recipe: string | undefined = "notes") => runSettings(recipe, flags, { ...base, ...env }, "/work");

const refusal = (act: () => unknown): RunError => {
  try {
    act();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

test("a flag goes before the environment, the environment before the default, and an empty variable counts as unset", () => {
  expect(settings({ deadline: "90s" }, { CCCI_DEADLINE: "1h" }).deadlineMs).toBe(90_000);
  expect(settings({}, { CCCI_DEADLINE: "1h" }).deadlineMs).toBe(3_600_000);
  expect(settings({}, { CCCI_DEADLINE: "" }).deadlineMs).toBe(3_000_000);
  expect(settings({}, { CCCI_LOCK_TIMEOUT: "" }).lockTimeoutMs).toBe(1_800_000);
  expect(settings({}, { PR: "" }).pr).toBe(0);
  expect(settings({}, { RECIPE: "other" }, "").recipe).toBe("other");
});

test.each<readonly [Env, string]>([
  [{ CCCI_RUN_ID: "mine", DRONE_BUILD_NUMBER: "7" }, "mine"],
  [{ CCCI_RUN_ID: "", DRONE_BUILD_NUMBER: "7", GITHUB_RUN_ID: "9" }, "7"],
  [{ CI_PIPELINE_NUMBER: "8" }, "8"],
  [{ GITHUB_RUN_ID: "9" }, "9"],
  [{}, `manual-${process.pid}`],
])("with %j the run is called %s", (env, runId) => {
  expect(settings({}, env).runId).toBe(runId);
});

test("the link is that of the CI's build", () => {
  expect(settings({}, { DRONE_BUILD_LINK: "https://drone/1" }).link).toBe("https://drone/1");
  expect(settings({}, { GITHUB_SERVER_URL: "https://g", GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "3" }).link).toBe(
    "https://g/a/b/actions/runs/3",
  );
  expect(settings({}, {}).link).toBeNull();
});

test("a link that is too long for a lock's card, or would be an order to a terminal, is none", () => {
  for (const link of [`https://drone/${"x".repeat(6_000)}`, "https://drone/\u001b[2J", "https://drone/1\n::error::x"])
    expect(settings({}, { DRONE_BUILD_LINK: link }).link).toBeNull();
});

test("VERSION names a tag where there is no REF", () => {
  expect(settings({}, { VERSION: "1.0.0+1" }).ref).toBe("1.0.0+1");
  expect(settings({}, { VERSION: "1.0.0+1", REF: "main" }).ref).toBe("main");
  expect(settings({}, { REF: "" }).ref).toBeNull();
});

test("a relative source is settled against the folder of the start, an address is not", () => {
  expect(settings({ src: "recipe" }, {}).source).toBe("/work/recipe");
  expect(settings({ src: "https://git.example.com/notes.git" }, {}).source).toBe("https://git.example.com/notes.git");
  expect(settings({ src: "git@git.example.com:notes.git" }, {}).source).toBe("git@git.example.com:notes.git");
});

test("credentials are taken out of a source's address at the door, and are for its own origin", () => {
  const { source, credentials } = settings({ src: "https://bot:p%40ss@git.example.com:8443/notes.git" }, {});
  expect(source).toBe("https://git.example.com:8443/notes.git");
  expect(credentials).toEqual({ origin: "https://git.example.com:8443", username: "bot", password: "p@ss" });
  expect(settings({ src: "https://t0ken@git.example.com/notes.git" }, {})).toMatchObject({
    source: "https://git.example.com/notes.git",
    credentials: { username: "t0ken", password: "" },
  });
  expect(settings({ src: "ssh://git@git.example.com/notes.git" }, {})).toMatchObject({
    source: "ssh://git@git.example.com/notes.git",
    credentials: null,
  });
});

test("an upgrade is tried from the newest version, from so many, or from all", () => {
  expect(settings({}, {}).upgradeFrom).toBeNull();
  expect(settings({ upgradeFrom: "3" }, {}).upgradeFrom).toBe(3);
  expect(settings({}, { CCCI_UPGRADE_FROM: "all" }).upgradeFrom).toBe("all");
  for (const upgradeFrom of ["0", "-1", "some", "1.5", "1000"])
    expect(
      refusal(() => settings({ upgradeFrom }, {})),
      upgradeFrom,
    ).toMatchObject({ code: "bad-setting", exitCode: 2 });
});

test("stages are taken in their own order and once each", () => {
  expect(settings({ stages: "custom, install,custom" }, {}).tiers).toEqual(["install", "custom"]);
});

describe("what is malformed is refused with exit code 2, and its name and value are said", () => {
  test.each<readonly [Env, string, string]>([
    [{ CCCI_DEADLINE: "soon" }, "CCCI_DEADLINE", "soon"],
    [{ CCCI_DEADLINE: "0s" }, "CCCI_DEADLINE", "0s"],
    [{ CCCI_LOCK_TIMEOUT: "30" }, "CCCI_LOCK_TIMEOUT", "30"],
    [{ PR: "abc" }, "PR", "abc"],
    [{ CCCI_RUN_ID: "a/b" }, "CCCI_RUN_ID", "a/b"],
    [{ CCCI_RUN_ID: ".." }, "CCCI_RUN_ID", ".."],
    [{ CCCI_RUN_ID: "-rf" }, "CCCI_RUN_ID", "-rf"],
    [{ CCCI_RUN_ID: ".hidden" }, "CCCI_RUN_ID", ".hidden"],
    [{ CCCI_RUN_ID: "../x" }, "CCCI_RUN_ID", "../x"],
    [{ CCCI_RUN_ID: "a\nb" }, "CCCI_RUN_ID", "a\\nb"],
    [{ PR: "1;x" }, "PR", "1;x"],
    [{ PR: "-1" }, "PR", "-1"],
    [{ PR: "1e3" }, "PR", "1e3"],
    [{ CCCI_RUN_ID: "x".repeat(65) }, "CCCI_RUN_ID", "xxx"],
    [{ CCCI_ZONE: "-bad-.example" }, "CCCI_ZONE", "-bad-"],
    [{ CCCI_ZONE: "a".repeat(34) }, "CCCI_ZONE", "longer than 33"],
    [{ STAGES: "," }, "STAGES", ","],
  ])("%j", (env, name, value) => {
    const { exitCode, message } = refusal(() => settings({}, env));
    expect({ exitCode, message }).toEqual({ exitCode: 2, message: expect.stringContaining(name) as unknown });
    expect(message).toContain(value);
  });

  test("a misspelt stage, with the word that was meant", () => {
    expect(refusal(() => settings({ stages: "instal" }, {}))).toMatchObject({ exitCode: 2, hint: "Did you mean install?" });
  });

  test.each(["../../etc", "-x", "a/../b", "Notes", "a\nb", "nötes", "x".repeat(64)])("a recipe called %j", (recipe) => {
    expect(refusal(() => settings({}, {}, recipe)).exitCode).toBe(2);
  });

  test.each([
    "ext::sh -c touch% /tmp/x",
    "fd::7",
    "--upload-pack=touch /tmp/x",
    "-u",
    "ftp://x/y.git",
    "http:/bot:PLANTED@x/y.git",
    "bot:PLANTED@x:y.git",
    "https://",
    "https://bot:PLANTED@[nonsense/x.git",
    "https://x/y.git\n--upload-pack=x",
    "https://x/y.git?private_token=PLANTED",
    "https://bot:PLANT%0AED@x/y.git",
    "ssh://bot:PLANTED@x/y.git",
    "file://host/y.git",
    `https://x/${"y".repeat(5_000)}`,
  ])("a source like %.60j, without a word of it", (src) => {
    const { exitCode, message } = refusal(() => settings({ src }, {}));
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^--src /);
    expect(message).not.toContain("PLANT");
    expect(message.length).toBeLessThan(200);
  });

  test("an address with a password where a name belongs, without the password", () => {
    expect(refusal(() => settings({}, {}, "https://bot:PLANTED@x/y.git")).message).not.toContain("PLANTED");
  });
});

test("without a zone nothing runs, except in the sandbox", () => {
  expect(refusal(() => settings({}, { CCCI_ZONE: "", CI: "true" }))).toMatchObject({ code: "no-zone", exitCode: 2 });
  expect(settings({}, { CCCI_ZONE: "" }).zone).toBe("recipe-ci.localhost");
  expect(settings({ sandbox: true }, { CCCI_ZONE: "" }).zone).toBe("sandbox.localhost");
});

test("a place where no sandbox can be, below a file or of far too long a name, is refused with 2", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  for (const place of [file, join(file, "below"), `/${"x".repeat(300)}`])
    expect(refusal(() => settings({ sandbox: true }, { RECIPE_CI_SANDBOX: place }))).toMatchObject({ code: "bad-setting", exitCode: 2 });
});

testWith("root")("a sandbox in which another user's engine has worked is refused with 2: what we made there they could not change", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "engine"));
  expect(settings({ sandbox: true }, { RECIPE_CI_SANDBOX: root }).sandbox).toBe(root);
  chownSync(join(root, "engine"), 65_534, 65_534);
  expect(refusal(() => settings({ sandbox: true }, { RECIPE_CI_SANDBOX: root }))).toMatchObject({
    code: "bad-setting",
    exitCode: 2,
    message: expect.stringContaining("another user, 65534") as unknown,
  });
});

test("the sandbox overrides every path but the operator's folder, and both executables", () => {
  const real = {
    CCCI_APP_LOCK_DIR: "/real/locks",
    CCCI_RUNS_DIR: "/real/runs",
    CCCI_RECIPES_DIR: "/real/recipes",
    ABRA_DIR: "/real/abra",
    CCCI_ABRA: "/real/bin/abra",
    CCCI_DOCKER: "/real/bin/docker",
  };
  const inside = settings({ sandbox: true }, { ...real, RECIPE_CI_SANDBOX: "/box" });
  expect(Object.values(inside).filter((value) => typeof value === "string" && value.startsWith("/real"))).toEqual([]);
  expect(inside).toMatchObject({ sandbox: "/box", lockDir: "/box/locks", runsDir: "/box/runs", abraDir: "/box/abra" });
  expect(inside.recipesDirs).toEqual(["/real/recipes", expect.stringMatching(/examples\/operator$/)]);
  expect(settings({ sandbox: true }, {}).recipesDirs).toEqual([expect.stringMatching(/examples\/operator$/)]);
  expect(settings({ sandbox: true }, { XDG_STATE_HOME: "/state" }).sandbox).toBe("/state/recipe-ci/sandbox");
  expect(settings({}, real)).toMatchObject({
    lockDir: "/real/locks",
    runsDir: "/real/runs",
    abra: "/real/bin/abra",
    docker: "/real/bin/docker",
  });
});

test("a dot is the recipe of the folder, by the TYPE of its sample, and its source is the folder", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".env.sample"), "export TYPE='wiki:1.0.0+2'\nDOMAIN=wiki.example.com\n");
  expect(runSettings(".", {}, base, folder)).toMatchObject({ recipe: "wiki", source: folder });
  expect(runSettings(".", { src: "/elsewhere" }, base, folder)).toMatchObject({ recipe: "wiki", source: "/elsewhere" });
});

test.each([
  ["no sample", null, "it has no .env.sample"],
  ["a sample without a TYPE", "DOMAIN=x\n", "its .env.sample has no TYPE"],
  ["a sample that nobody can read", "A='\n", ".env.sample:1: a quote that is never closed"],
  ["a TYPE that is no name", "TYPE=../x\n", "is not a valid recipe name"],
])("a folder with %s is no recipe's: exit code 2", (_, sample, why) => {
  const folder = temporaryFolder();
  if (sample !== null) writeFileSync(join(folder, ".env.sample"), sample);
  expect(refusal(() => runSettings(".", {}, base, folder))).toMatchObject({ exitCode: 2, message: expect.stringContaining(why) as string });
});

describe("where no stages are named, the custom tier", () => {
  test("is left out for a recipe that no operator has a folder for, and the run says so", () => {
    const { tiers, notices } = settings({}, { CCCI_RECIPES_DIR: temporaryFolder() });
    expect(tiers).toEqual(["install", "upgrade", "backup", "restore"]);
    expect(notices).toEqual([expect.stringMatching(/^no operator has a folder for notes .* decide$/)]);
  });

  test("is never left out by a slip: a named folder that is not there is refused", () => {
    const assertGiven = (recipesDir: string) => () => {
      const env = { CCCI_RECIPES_DIR: recipesDir };
      assertOperators(settings({}, env), env);
    };
    expect(assertGiven("/no/folder")).toThrow(/^CCCI_RECIPES_DIR.*\/no\/folder.* is not there/);
    expect(assertGiven(temporaryFolder())).not.toThrow();
  });

  /** An operator's folder for notes that has these folders in it. */
  const operators = (...folders: readonly string[]): string => {
    const folder = temporaryFolder();
    for (const name of ["", ...folders]) mkdirSync(join(folder, "notes", name), { recursive: true });
    return folder;
  };

  test.each([[[]], [["tests"]], [["tests/install", "tests/backup"]]])(
    "is left out where the operator's folder, with %j in it, is for something else, and the run says so",
    (folders) => {
      const { tiers, notices } = settings({}, { CCCI_RECIPES_DIR: operators(...folders) });
      expect(tiers).toEqual(["install", "upgrade", "backup", "restore"]);
      expect(notices).toEqual([expect.stringMatching(/notes has no tests\/custom: the custom tier is left out/)]);
    },
  );

  test.each([["tests/custom"], ["tests/costum"]])(
    "stays where the operator's folder has %s, with a test in it or without: to forget or misspell them is red",
    (name) => {
      expect(settings({}, { CCCI_RECIPES_DIR: operators("tests/install", name) })).toMatchObject({
        tiers: ["install", "upgrade", "backup", "restore", "custom"],
        notices: [],
      });
    },
  );

  test("stays where the recipe's own tests may run, since they may have one", () => {
    const [folder, file] = [operators(), join(temporaryFolder(), "settings.yml")];
    writeFileSync(file, "allowRepoTests: [notes]\n");
    expect(settings({}, { CCCI_RECIPES_DIR: folder, CCCI_SETTINGS: file }).tiers).toContain("custom");
  });

  test("stays where it was asked for by name", () => {
    expect(settings({ stages: "custom" }, { CCCI_RECIPES_DIR: temporaryFolder() })).toMatchObject({ tiers: ["custom"], notices: [] });
  });
});
