import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Sandbox } from "../support/sandbox-run.js";

const withoutList = async (act: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
  const sandbox = new Sandbox();
  try {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "abra app ls", do: "exit:1" }]));
    await act(sandbox);
  } finally {
    await sandbox.close();
  }
};

test("when abra cannot list the apps, the janitor warns and does not claim that the host is clean", () =>
  withoutList(async (sandbox) => {
    const { code, stdout, stderr } = await sandbox.run(["janitor", "--sandbox"]);
    expect(stderr).toMatch(/^warning: abra app ls gave no list.*The \.env files are read directly instead\.$/m);
    expect(stdout).toEqual(expect.stringMatching(/^nothing to do: no run app of \S+ was found by what could be looked at\n$/));
    expect(code).toBe(0);
  }));

test("when abra cannot list the apps, the janitor's stdout with --json is still one document", () =>
  withoutList(async (sandbox) => {
    const { stdout, stderr } = await sandbox.run(["janitor", "--sandbox", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ reaps: [] });
    expect(stderr).toContain("warning: abra app ls gave no list");
  }));

test("when abra cannot list the apps, status warns of it", () =>
  withoutList(async (sandbox) => {
    const { stderr, code } = await sandbox.run(["status", "--sandbox"]);
    expect(stderr).toContain("warning: abra app ls gave no list");
    expect(code).toBe(0);
  }));
