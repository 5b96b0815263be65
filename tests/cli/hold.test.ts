import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseCommandLine } from "../../src/cli/program.js";
import { runSettings } from "../../src/cli/settings/run-settings.js";
import { Sandbox } from "../support/sandbox-run.js";
import { atTerminal, held } from "./hold-cases.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe("a run with --hold at a terminal", () => {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.close());

  test("keeps the app, says how to look into it, and tears it down on Enter", async () => {
    const run = atTerminal(sandbox, "--hold --run-id kept");
    await held(sandbox, "kept");
    expect(sandbox.leftovers()).not.toEqual([]);
    run.stdin.write("\n");
    const { code } = await run.ended;
    expect(await run.screen).toContain("held for a look (passed)");
    expect(await run.screen).toMatch(/docker service logs \S+_app/);
    expect(code).toBe(0);
    expect(sandbox.leftovers()).toEqual([]);
  });
});

describe("--hold", () => {
  const sandbox = new Sandbox();
  let refused: { readonly code: number | null; readonly stderr: string };
  beforeAll(async () => {
    refused = await sandbox.run(["run", "notes", "--sandbox", "--hold"]);
  });
  afterAll(() => sandbox.close());

  test("ends with 2 without a terminal and touches nothing", () => {
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--hold needs a terminal") });
  });

  test("is refused in a CI", () => {
    expect(() => runSettings("notes", { hold: "always", sandbox: true }, { CI: "true", HOME: "/root" }, "/")).toThrow(
      "not possible in a CI",
    );
  });

  test("takes always or failure", () => {
    expect(() => runSettings("notes", { hold: "ever", sandbox: true }, { HOME: "/root" }, "/")).toThrow("does not say when to hold");
  });

  test("alone means always, and does not take the next word for its value", () => {
    expect(parseCommandLine(["run", "--hold", "notes"])).toMatchObject({ operands: ["notes"], flags: { hold: "always" } });
    expect(parseCommandLine(["run", "--hold=failure", "notes"])).toMatchObject({ operands: ["notes"], flags: { hold: "failure" } });
  });
});
