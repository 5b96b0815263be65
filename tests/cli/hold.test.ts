import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseCommandLine } from "../../src/cli/program.js";
import { runSettings } from "../../src/cli/settings/run-settings.js";
import { readRun } from "../../src/effects/record/read-runs.js";
import { startTalking } from "../support/children.js";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = join(import.meta.dirname, "..", "..", "bin", "recipe-ci");

/** A run at a terminal of its own: script(1) has one, and types what it reads. */
const atTerminal = (sandbox: Sandbox, args: string) => {
  const env = sandbox.env({ NO_COLOR: "1", TERM: "xterm", SHELL: "/bin/sh" });
  const { stdin, stdout, ended } = startTalking("script", ["-qec", `exec ${program} run notes --sandbox --stages install ${args}`, "/dev/null"], { env });
  return { stdin, ended, screen: text(stdout) };
};

const waiting = "holding.running.hold.waiting";

describe("a run that is held at a terminal", () => {
  const sandbox = new Sandbox();
  const runDir = (id: string): string => join(sandbox.root, "runs", id);
  const held = (id: string): Promise<unknown> => until(`${id} is held`, () => readRun(runDir(id))?.state === waiting, 30_000);
  afterAll(() => sandbox.close());

  test("keeps the app, says how to look into it, and tears it down on Enter", async () => {
    const run = atTerminal(sandbox, "--hold --run-id kept");
    await held("kept");
    expect(sandbox.leftovers()).not.toEqual([]);
    run.stdin.write("\n");
    const { code } = await run.ended;
    expect(await run.screen).toContain("held for a look (passed)");
    expect(await run.screen).toMatch(/docker service logs \S+_app/);
    expect(code).toBe(0);
    expect(sandbox.leftovers()).toEqual([]);
  });

  test("with --hold=failure a failed one is kept until Ctrl-C, and its verdict stands", async () => {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when: "service app", do: "crash-loop" }]));
    const run = atTerminal(sandbox, "--hold=failure --run-id red");
    await held("red");
    run.stdin.write("\u0003");
    expect(await run.ended).toMatchObject({ code: 1 });
    expect(readRun(runDir("red"))).toMatchObject({ verdict: "failed", cleanliness: "clean" });
  });
});

describe("--hold", () => {
  const sandbox = new Sandbox();
  let refused: { readonly code: number | null; readonly stderr: string };
  beforeAll(async () => {
    refused = await sandbox.run(["run", "notes", "--sandbox", "--hold"]);
  });
  afterAll(() => sandbox.close());

  test("without a terminal is a mistake of the user, and nothing is touched", () => {
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--hold needs a terminal") });
  });

  test("in a CI is a mistake of the user", () => {
    expect(() => runSettings("notes", { hold: "always", sandbox: true }, { CI: "true", HOME: "/root" }, "/")).toThrow("not possible in a CI");
  });

  test("takes always or failure", () => {
    expect(() => runSettings("notes", { hold: "ever", sandbox: true }, { HOME: "/root" }, "/")).toThrow("does not say when to hold");
  });

  test("alone means always, and does not take the next word for its value", () => {
    expect(parseCommandLine(["run", "--hold", "notes"])).toMatchObject({ operands: ["notes"], flags: { hold: "always" } });
    expect(parseCommandLine(["run", "--hold=failure", "notes"])).toMatchObject({ operands: ["notes"], flags: { hold: "failure" } });
  });
});
