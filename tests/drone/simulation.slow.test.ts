import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAlive } from "../support/drone/processes.js";
import { trackMembers } from "../support/drone/step-members.js";
import { startStep, type DroneStep, type StepSettings } from "../support/drone/step.js";
import { waitFor } from "../support/drone/wait-for.js";
import { sendSignal } from "../support/signal.js";

const program = `${process.execPath} ${fileURLToPath(new URL("fixtures/orchestrator.mjs", import.meta.url))}`;

let folder: string;
let steps: DroneStep[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simulation-"));
  steps = [];
});
afterEach(async () => {
  for (const step of steps) await step.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const start = (settings: StepSettings): DroneStep => {
  const step = startStep(settings);
  steps.push(step);
  return step;
};
const report = (): string => (existsSync(join(folder, "heard")) ? readFileSync(join(folder, "heard"), "utf8") : "");
const pidInReport = () => waitFor("the program to begin", () => Number(/^pid (\d+)$/m.exec(report())?.[1] ?? 0) || null);

describe("how a step ends", () => {
  test.each([
    ["true", "success", 0],
    ["exit 3", "failure", 3],
    ["false; true", "failure", 1],
    ["exit 78", "success", 78],
    ["sh -c 'kill -TERM $$$$'", "failure", 143],
    ["kill -KILL $$$$", "failure", -1],
  ] as const)("%s is told as %s with %i", async (command, status, exitCode) => {
    const end = await start({ commands: [command] }).ended;
    expect(end).toEqual({ status, exitCode, skipsRest: exitCode === 78 });
  });

  test("a helper that holds the output keeps the step from ending", async () => {
    const step = start({ commands: [`sh -c 'echo $$$$ >${folder}/helper; exec sleep 60' & exit 0`] });
    const helper = await waitFor(
      "the helper",
      () => existsSync(join(folder, "helper")) && Number(readFileSync(join(folder, "helper"), "utf8")),
    );
    const first = await Promise.race([step.ended, pause(300).then(() => "still running")]);
    expect(first).toBe("still running");
    sendSignal(helper, "SIGKILL");
    for (const pid of step.members()) sendSignal(pid, "SIGKILL");
    expect(await step.ended).toMatchObject({ status: "success" });
  });
});

describe("how a step is started", () => {
  test("its environment holds nothing of the host but PATH and USER, stdin is empty, HOME and the workspace are its own", async () => {
    process.env["RECIPE_CI_TEST_SECRET"] = "of the host";
    const step = start({ commands: ["env", "cat", "pwd"], build: { number: 7 }, environment: { RECIPE: "echo" } });
    await step.ended;
    delete process.env["RECIPE_CI_TEST_SECRET"];
    const lines = step.output().split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([`HOME=${step.root}/home/drone`, "DRONE_BUILD_NUMBER=7", "RECIPE=echo", `${step.root}/drone/src`]),
    );
    expect(step.output()).not.toContain("of the host");
    const own = /^(DRONE.*|CI.*|GIT_AUTHOR_.*|PATH|USER|HOME|RECIPE|PWD|OLDPWD|SHLVL|_)=/;
    expect(lines.filter((line) => line.includes("=") && !own.test(line))).toEqual([]);
  });

  test("all its commands are one shell's, each is printed first, and $$ and ${} are the runner's", async () => {
    const step = start({
      commands: ["word=kept", "echo $word ${DRONE_BUILD_NUMBER} ${NOT_THERE}.", "echo it is $$$$"],
      build: { number: 9 },
    });
    await step.ended;
    expect(step.output()).toContain("+ word=kept\n+ echo $word 9 .\nkept 9 .\n");
    expect(step.output()).toContain(`it is ${step.pid}\n`);
  });
});

describe("a cancel", () => {
  test("kills the shell alone, is told at once, and takes workspace and HOME away from under a living program", async () => {
    const step = start({ commands: [`${program} ${folder}/heard`, "true"] });
    const pid = await pidInReport();
    const began = performance.now();
    step.cancel();
    expect(await step.ended).toEqual({ status: "killed", exitCode: 137, skipsRest: true });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(existsSync(step.root)).toBe(false);
    await waitFor("the program to miss its parent", () => report().includes("ppid"));
    expect(isAlive(pid)).toBe(true);
  });

  test.each([
    ["kept", false],
    ["dropped", true],
  ] as const)("with the log %s, a writing program meets a broken pipe: %s", async (pipe, broken) => {
    const step = start({ commands: [`${program} ${folder}/heard`, "true"], environment: { BEAT: "1" } });
    await waitFor("the first beat", () => step.output().includes("beat"));
    step.cancel(pipe);
    await waitFor("the program to miss its parent", () => report().includes("ppid"));
    await pause(100);
    expect(report().includes("EPIPE")).toBe(broken);
  });
});

test("a runner that crashes signals nothing and deletes nothing; the next write shows it", async () => {
  const step = start({ commands: [`exec ${program} ${folder}/heard`], environment: { BEAT: "1" } });
  await waitFor("the first beat", () => step.output().includes("beat"));
  step.crash();
  await waitFor("EPIPE", () => report().includes("EPIPE"));
  expect(report()).toMatch(/^pid \d+\nEPIPE\n/);
  expect(await step.ended).toMatchObject({ status: "running" });
  expect(existsSync(step.workspace)).toBe(true);
});

test("a stop of the runner's service reaches sessions of their own, with TERM and then with KILL", async () => {
  const step = start({ commands: [`setsid ${program} ${folder}/heard &`, "wait"] });
  const pid = await pidInReport();
  await step.serviceStop(200);
  expect(report()).toContain("TERM");
  expect(isAlive(pid)).toBe(false);
  expect(step.members()).toEqual([]);
});

test("without control groups, a process that the step started is still known after its parent has ended", async () => {
  const members = trackMembers("ancestry");
  const step = start({ commands: [`sh -c 'sleep 0.3; setsid ${program} ${folder}/heard & sleep 1' &`, "wait"] });
  members.begin(step.pid);
  const pid = await pidInReport();
  await waitFor("its parents to be gone", () => !isAlive(step.pid) || !step.members().includes(step.pid));
  expect(members.list()).toContain(pid);
  await members.dispose();
  expect(isAlive(pid)).toBe(false);
});
