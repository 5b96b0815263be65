import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settleEnvironment } from "../../src/cli/settings/settle-environment.js";
import { temporaryFolder } from "../support/processes.js";
import { startProgram } from "../support/program.js";
import { testWith } from "../support/programs.js";
import { Sandbox } from "../support/sandbox-run.js";

const settled = (env: NodeJS.ProcessEnv, cwd: string | null = "/work"): NodeJS.ProcessEnv => {
  const own = { ...env };
  settleEnvironment(own, cwd);
  return own;
};

describe("the environment of a start", () => {
  test.each([
    ["CCCI_RUNS_DIR", "runs", "/work/runs"],
    ["ABRA_DIR", "./abra", "/work/abra"],
    ["HOME", "..", "/"],
    ["TMPDIR", "tmp", "/work/tmp"],
    ["CCCI_ABRA", "./abra", "/work/abra"],
    ["CCCI_ABRA", "abra", "abra"],
    ["CCCI_CHROMIUM", "off", "off"],
    ["PATH", ":/usr/bin:.::tools", "/usr/bin:/work:/work/tools"],
    ["CCCI_ZONE", "ci.example.com \r", "ci.example.com"],
    ["CCCI_RUNS_DIR", "/srv/runs ", "/srv/runs"],
    ["RECIPE", " ", ""],
    ["SECRET_OF_SOMEBODY", " kept ", " kept "],
  ])("has %s=%j as %j for whoever works in another folder", (name, value, becomes) => {
    expect(settled({ [name]: value })).toEqual({ [name]: becomes });
  });

  test.each([
    ["CCCI_RUNS_DIR", "~/runs"],
    ["ABRA_DIR", "~"],
    ["CCCI_ABRA", "~/bin/abra"],
  ])("is refused where %s is %j, which no shell has replaced and would be a folder called ~", (name, value) => {
    expect(() => settled({ [name]: value })).toThrowError(
      expect.objectContaining({ code: "bad-setting", exitCode: 2, message: expect.stringContaining(`${name}: "${value}"`) as string }),
    );
    expect(settled({ [name]: "./~" })).toEqual({ [name]: "/work/~" });
  });

  test("cannot be settled by paths from a folder that is gone, and needs none for those that are whole", () => {
    expect(() => settled({ ABRA_DIR: "abra" }, null)).toThrowError(expect.objectContaining({ code: "folder-gone", exitCode: 2 }));
    expect(settled({ ABRA_DIR: "/abra", PATH: ".:/bin" }, null)).toEqual({ ABRA_DIR: "/abra", PATH: "/bin" });
  });
});

describe("called", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.close());

  const called = (args: readonly string[], within: readonly string[], extra: NodeJS.ProcessEnv = {}) =>
    startProgram(args, sandbox.env(extra), "/nowhere", within).ended;
  const after = (script: string): readonly string[] => ["sh", "-c", `${script} && exec "$@"`, "sh"];

  test("with a sandbox that is named from the current folder, a run has all of it there", async () => {
    const { root } = sandbox;
    const { code, stdout } = await called(
      ["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r"],
      after(`cd ${dirname(root)}`),
      { RECIPE_CI_SANDBOX: basename(root) },
    );
    expect(stdout).toContain(join(root, "runs", "r", "run.log"));
    expect(code).toBe(0);
    expect(existsSync(join(root, "runs", "r", "report.html"))).toBe(true);
  }, 60_000);

  test("in a folder that somebody removes, what needs no folder works, and a run says that it is gone", async () => {
    const gone = join(temporaryFolder(), "gone");
    const within = after(`mkdir ${gone} && cd ${gone} && rmdir ${gone}`);
    expect(await called(["status", "--sandbox"], within)).toMatchObject({ code: 0 });
    const run = await called(["run", "echo", "--sandbox"], within);
    expect(run.stderr).toMatch(/the folder that recipe-ci was called in is not there any more\nnext: Go to one/);
    expect(run.code).toBe(2);
  });

  testWith("root")("by a user whom the host does not know and who has no HOME, it says what to set", async () => {
    const stranger = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--"];
    const { code, stderr } = await called(["status", "--sandbox"], stranger, { HOME: undefined, RECIPE_CI_SANDBOX: undefined });
    expect(stderr).toMatch(/HOME is not set.*\nnext: Set HOME, or .*RECIPE_CI_SANDBOX/);
    expect(code).toBe(2);
  });
});
