import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { linesOf } from "../effects/stops/run-in-small.js";
import { bundleFixture } from "../support/bundle.js";
import { isAlive, processesWith, start, temporaryFolder, until, type Started } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { binWith, installed, tools, type Installation } from "./installation.js";
import { sendSignal } from "../support/signal.js";

const path = process.env["PATH"] ?? "";
let program = "";
beforeAll(async () => {
  program = readFileSync(await bundleFixture("tests/support/fixtures/child-stops.ts"), "utf8");
});

interface Step {
  readonly step: Started;
  /** What the program heard and did, in order. */
  readonly heard: () => readonly string[];
  readonly hears: (line: string, limitMs?: number) => Promise<void>;
  readonly program: () => number;
}

/** A CI step `exec recipe-ci run …` in a group of its own, up to the moment when the program listens. */
const step = async (
  shell: readonly string[],
  env: Record<string, string> = {},
  { launcher }: Installation = installed(program),
): Promise<Step> => {
  const record = join(temporaryFolder(), "record");
  const [file = "sh", ...flags] = shell;
  const line = `exec '${launcher}' run`;
  const started = start(file, [...flags, "-c", line], { outlived: true, env: { PATH: path, RECORD: record, TEARDOWN_MS: "300", ...env } });
  const heard = () => linesOf(record).filter((said) => /^(TERM|INT|HUP|parent|epipe|refused|torn down)$/.test(said));
  await until("the program listens", () => linesOf(record).includes("ready"));
  return {
    step: started,
    heard,
    hears: (said, limitMs) =>
      until(
        () => `${said}; heard ${heard().join(", ")}`,
        () => heard().includes(said),
        limitMs,
      ),
    program: () =>
      Number(
        linesOf(record)
          .find((said) => said.startsWith("pid "))
          ?.slice(4),
      ),
  };
};

const shells: readonly [shell: string, test: ReturnType<typeof testWith>][] = [
  ["sh", testWith()],
  ["bash", testWith("bash")],
  ["dash", testWith("dash")],
];

describe.each(shells)("a step of %s", (shell, test) => {
  test("the shell alone is killed (Drone cancel, timeout): told at once, and torn down", async () => {
    const { step: run, heard, hears } = await step([shell, "-e"]);
    run.kill("SIGKILL");
    await hears("parent", 900);
    await hears("torn down");
    expect(heard()).toEqual(["parent", "torn down"]);
  });

  test("the whole group is killed at once: told, and torn down", async () => {
    const { step: run, heard, hears } = await step([shell, "-e"]);
    run.killGroup("SIGKILL");
    await hears("torn down");
    expect(heard()).toEqual(["parent", "torn down"]);
  });

  test("TERM to the group, later KILL: one TERM at once, the launcher's end after it, and torn down", async () => {
    const { step: run, heard, hears } = await step([shell, "-e"], { TEARDOWN_MS: "900" });
    run.killGroup("SIGTERM");
    await hears("TERM", 900);
    await pause(100);
    run.killGroup("SIGKILL");
    await hears("torn down");
    expect(heard()).toEqual(["TERM", "parent", "torn down"]);
  });

  test("INT, TERM and KILL to the shell: each is told, and torn down", async () => {
    const { step: run, heard, hears } = await step([shell, "-e"], { TEARDOWN_MS: "900" });
    run.kill("SIGINT");
    await hears("INT", 900);
    run.kill("SIGTERM");
    await hears("TERM", 900);
    run.kill("SIGKILL");
    await hears("parent");
    await hears("torn down");
    expect(heard()).toEqual(["INT", "TERM", "parent", "torn down"]);
  });
});

test("HUP is forwarded as HUP, and the launcher waits for the end", async () => {
  const { step: run, heard } = await step(["sh", "-e"]);
  run.kill("SIGHUP");
  expect((await run.ended).code).toBe(129);
  expect(heard()).toEqual(["HUP", "torn down"]);
});

test("without setpriv the pipe alone tells of the kill", async () => {
  const bin = binWith(tools.filter((tool) => tool !== "setpriv"));
  const { step: run, heard, hears } = await step(["sh", "-e"], { PATH: bin });
  run.kill("SIGKILL");
  await hears("parent", 900);
  await hears("torn down");
  expect(heard()).toEqual(["parent", "torn down"]);
});

test("a launcher called without exec is told of its own end only; a killed shell before it is not our parent", async () => {
  const { launcher } = installed(program);
  const record = join(temporaryFolder(), "record");
  const shell = start("sh", ["-c", `'${launcher}' run; exit $?`], { env: { PATH: path, RECORD: record, TEARDOWN_MS: "50" } });
  await until("the program listens", () => linesOf(record).includes("ready"));
  shell.kill("SIGKILL");
  await pause(300);
  expect(linesOf(record)).not.toContain("parent");
  shell.killGroup("SIGKILL");
  await until("told", () => linesOf(record).includes("torn down"));
});

test("a crash of the runner (pipe broken, nobody signalled) is told at the next beat", async () => {
  const { step: run, heard } = await step(["sh", "-e"], { SAY_EVERY_MS: "50" });
  run.child.stdout?.destroy();
  expect((await run.ended).code).toBe(143);
  expect(heard()).toEqual(["epipe", "torn down"]);
});

const kills = Number(process.env["RECIPE_CI_RANDOM_KILLS"] ?? 4);

/** Kills the step at a random moment of its first 120 ms, over and over; afterwards nothing of it may live. */
const killAtRandomMoments = async (
  started: (launcher: string, env: Record<string, string>) => Started,
  launcherOf: (run: Started) => number,
) => {
  const { launcher } = installed(program);
  const survivors: string[] = [];
  // A launcher that is killed in the millisecond between making and unlinking its pipe leaves the name.
  const tmp = temporaryFolder();
  for (let i = 0; i < kills; i += 1) {
    const delayMs = (i / kills) * 120 + Math.random() * 3;
    const mark = `${process.pid}.${i}.${Math.random()}`;
    const run = started(launcher, { PATH: path, TMPDIR: tmp, KILL_TEST: mark, TEARDOWN_MS: "0" });
    await pause(delayMs);
    await until("the launcher is there", () => launcherOf(run) > 0);
    if (isAlive(launcherOf(run))) sendSignal(launcherOf(run), "SIGKILL");
    await until("nothing of it lives", () => processesWith("KILL_TEST", mark).length === 0, 12_000).catch(() => {
      survivors.push(`killed after ${delayMs.toFixed(1)} ms`);
      for (const left of processesWith("KILL_TEST", mark)) sendSignal(left, "SIGKILL");
    });
  }
  expect(survivors).toEqual([]);
};

test(
  `a launcher killed at any moment of its start leaves nothing that lives on (${kills} times)`,
  { timeout: 15_000 + kills * 2_000 },
  async () => {
    await killAtRandomMoments(
      (launcher, env) => start(launcher, ["run"], { env }),
      (run) => run.pid,
    );
  },
);

const subreaper = `
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
print(pid, flush=True)
while True:
    try: os.wait()
    except ChildProcessError: break
`;

testWith("python3")(
  `the same under a subreaper, where an orphan's parent is not 1 (${kills} times)`,
  { timeout: 15_000 + kills * 2_000 },
  async () => {
    // What the program says comes after it.
    const launcherPid = (run: Started) => Number(run.stdout().split("\n", 1)[0]);
    await killAtRandomMoments((launcher, env) => start("python3", ["-c", subreaper, launcher, "run"], { env }), launcherPid);
  },
);

test("a stopped launcher does not keep the program from its end", async () => {
  const { step: run, program: pid } = await step(["sh", "-e"], { LIFE_MS: "300" });
  run.kill("SIGSTOP");
  await until("the program has ended", () => !isAlive(pid()));
  run.kill("SIGCONT");
  expect((await run.ended).code).toBe(0);
});
