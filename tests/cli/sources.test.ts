import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { must } from "../support/children.js";
import type { Ended } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const example = "examples/recipes/echo/0.1.0+1.0.0";

const repository = (): string => {
  const target = join(sandbox.root, "mine");
  must("examples/lay-out.sh", ["echo", target]);
  return target;
};

const run = (...more: readonly string[]) => sandbox.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r", ...more]);

const record = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(sandbox.root, "runs", "r", "run.json"), "utf8")) as Record<string, unknown>;

describe("a run's recipe may be", () => {
  test("a repository: its HEAD, resolved to a full commit; uncommitted changes are not taken, and that is said", async () => {
    const source = repository();
    appendFileSync(join(source, "compose.yml"), "\nthis is no yaml: [");
    const { code, stdout } = await run("--src", source);
    expect(stdout).toContain("uncommitted changes: they are NOT tested");
    expect(code).toBe(0);
    expect(record()["ref"]).toBe(must("git", ["-C", source, "rev-parse", "HEAD"]));
  });

  test("nothing that git would take for an option", async () => {
    for (const args of [
      ["--src", "--upload-pack=touch /tmp/x"],
      ["--ref", "--output=x"],
    ]) {
      const { code } = await sandbox.run(["run", "echo", "--sandbox", ...args]);
      expect(code).toBe(2);
    }
  });
});

describe("of a plain folder, with --json,", () => {
  const own = new Sandbox();
  const source = join(own.root, "folder");
  let ended: Ended;
  beforeAll(async () => {
    cpSync(example, source, { recursive: true });
    ended = await own.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r", "--src", source, "--json"]);
  });
  afterAll(() => own.close());

  test("a run stages it as a repository of one commit", () => {
    expect(ended.code).toBe(0);
    expect(existsSync(join(source, ".git"))).toBe(false);
  });

  test("stdout is exactly one document, the closed record, and people's words go to stderr", () => {
    expect(JSON.parse(ended.stdout)).toMatchObject({ runId: "r", verdict: "passed", exitCode: 0 });
    expect(ended.stderr).toContain("passed, exit code 0");
  });
});

describe("a host that will not do:", () => {
  test("no docker is 69, with the doctor as the next step, and nothing was put anywhere", async () => {
    const { code, stdout } = await sandbox.run(["run", "echo", "--src", repository(), "--zone", "x.test"], {
      CCCI_DOCKER: "/nowhere/docker",
      CCCI_ABRA: join(process.cwd(), "sandbox/bin/abra"),
      CCCI_APP_LOCK_DIR: sandbox.root,
      CCCI_RUNS_DIR: join(sandbox.root, "runs"),
      ABRA_DIR: join(sandbox.root, "abra"),
    });
    expect(stdout).toContain("/nowhere/docker: no such command");
    expect(code).toBe(69);
    expect(existsSync(join(sandbox.root, "abra", "servers"))).toBe(false);
  });

  test("a runs folder that cannot be made is 2", async () => {
    const { code, stderr } = await sandbox.run(["run", "echo", "--zone", "x.test"], {
      CCCI_APP_LOCK_DIR: sandbox.root,
      CCCI_RUNS_DIR: "/proc/runs",
    });
    expect(stderr).toContain("CCCI_RUNS_DIR");
    expect(code).toBe(2);
  });
});
