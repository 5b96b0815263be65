import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ChildEnd, ChildSpec } from "../../../src/effects/children/child.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { reapSurvivors } from "../../../src/effects/children/survivors.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { expectNoProcesses, isAlive, processesWith, temporaryFolder, until } from "../../support/processes.js";

const path = process.env["PATH"] ?? "";
const mint = (): Cookie => randomBytes(8).toString("hex") as Cookie;

/** Runs a shell script as a child. Fails the test if any process of its tree is left at the end. */
const sh = (script: string, more: Partial<ChildSpec> = {}, signal?: AbortSignal) => {
  const cookie = mint();
  onTestFinished(() => expectNoProcesses(cookie));
  const end: Promise<ChildEnd> = createChildRegistry()
    .scope("work")
    .run({ file: "sh", args: ["-c", script], env: { PATH: path, CCCI_RUN_COOKIE: cookie }, limitMs: 20_000, ...more }, signal);
  return { cookie, end };
};

test("the end of a child has its output, exit code and signal", async () => {
  expect(await sh("echo out; echo err >&2; exit 7").end).toMatchObject({
    exitCode: 7,
    signal: null,
    stdout: "out\n",
    stderr: "err\n",
    timedOut: false,
    aborted: false,
  });
  expect(await sh("kill -SEGV $$").end).toMatchObject({ exitCode: null, signal: "SIGSEGV", killedBy: null });
});

test("the end of a child has its command as a user would type it, without setpriv", async () => {
  expect((await sh("exit 0").end).command).toMatch(/^\S*\/sh -c 'exit 0'$/);
});

test("a child gets the environment given for it and no variable of ours", async () => {
  process.env["RECIPE_CI_TEST_SECRET"] = "hidden";
  onTestFinished(() => void delete process.env["RECIPE_CI_TEST_SECRET"]);
  const { stdout } = await sh("cat /proc/self/environ | tr '\\0' '\\n'").end;
  expect(
    stdout
      .split("\n")
      .map((line) => line.split("=")[0])
      .filter((name) => !["", "PWD", "OLDPWD", "SHLVL", "_"].includes(name ?? "")),
  ).toEqual(expect.arrayContaining(["PATH", "CCCI_RUN_COOKIE"]));
  expect(stdout).not.toContain("hidden");
});

test("a child leads its own session, reads /dev/null as stdin and inherits no descriptor", async () => {
  const lock = join(temporaryFolder(), "lock");
  const fd = openSync(lock, "w");
  onTestFinished(() => closeSync(fd));
  const { stdout } = await sh("cut -d' ' -f1,6 /proc/$$/stat; readlink /proc/$$/fd/0; ls -l /proc/$$/fd").end;
  const [ids = "", stdin] = stdout.split("\n");
  const [pid, session] = ids.split(" ");
  expect(session).toBe(pid);
  expect(stdin).toBe("/dev/null");
  expect(stdout).not.toContain(lock);
});

test("when a command does not exist, the run fails as no-such-command, exit code 69", async () => {
  await expect(sh("", { file: "no-such-command-anywhere" }).end).rejects.toMatchObject({ code: "no-such-command", exitCode: 69 });
});

test("when a child's folder does not exist, the run fails as cannot-start, exit code 69", async () => {
  await expect(sh("true", { cwd: "/no/such/folder" }).end).rejects.toMatchObject({ code: "cannot-start", exitCode: 69 });
});

test("a relative command is resolved in the child's folder", async () => {
  await expect(sh("", { file: "./sh", args: ["-c", "echo here"], cwd: "/bin" }).end).resolves.toMatchObject({ stdout: "here\n" });
});

test("when a grandchild holds the pipes open, the child's end is delayed by half a second at most", async () => {
  const { end, cookie } = sh("setsid sleep 30 & until grep -q sleep /proc/$!/comm; do :; done; echo done");
  const { stdout, durationMs } = await end;
  expect(stdout).toBe("done\n");
  expect(processesWith("CCCI_RUN_COOKIE", cookie)).toHaveLength(1);
  expect(durationMs).toBeGreaterThan(450);
  expect(durationMs).toBeLessThan(2_000);
  await reapSurvivors([cookie]);
});

test("when a child ends, the rest of its process group is killed", async () => {
  const { end, cookie } = sh("trap '' TERM; sleep 30 & echo started");
  await end;
  await until("the sleep is gone", () => processesWith("CCCI_RUN_COOKIE", cookie).length === 0, 1_000);
});

test("when a child exceeds its limit, it gets TERM and may end by itself", async () => {
  const { end } = sh("trap 'echo bye; exit 3' TERM; while :; do sleep 0.01; done", { limitMs: 200 });
  expect(await end).toMatchObject({ exitCode: 3, stdout: "bye\n", timedOut: true });
});

test("when a child ignores TERM, it is killed after its grace", async () => {
  const { end } = sh("trap '' TERM; while :; do sleep 0.01; done", { limitMs: 100, graceMs: 200 });
  const { signal, timedOut, durationMs } = await end;
  expect({ signal, timedOut }).toEqual({ signal: "SIGKILL", timedOut: true });
  expect(durationMs).toBeGreaterThan(250);
  expect(durationMs).toBeLessThan(2_000);
});

test("when a child is aborted, the promise resolves only once it is gone", async () => {
  const abort = new AbortController();
  let pid = 0;
  const { end } = sh(
    "trap 'sleep 0.2; exit 9' TERM; echo $$; while :; do sleep 0.01; done",
    {
      onOutput: (_, text) => {
        pid = Number(text);
        abort.abort();
      },
    },
    abort.signal,
  );
  const { aborted, exitCode } = await end;
  expect({ aborted, exitCode }).toEqual({ aborted: true, exitCode: 9 });
  expect(isAlive(pid)).toBe(false);
});

test("when a limit is longer than a timer can count, the child is not ended at once", async () => {
  expect(await sh("sleep 0.1; echo done", { limitMs: 2 ** 32 }).end).toMatchObject({ exitCode: 0, stdout: "done\n", timedOut: false });
});

test("when the pipe cuts a character in two, the output has it whole", async () => {
  const { stdout } = await sh("printf '\\342\\202'; sleep 0.1; printf '\\254'").end;
  expect(stdout).toBe("€");
});

test("when a child prints more than is kept, the newest output stays", async () => {
  const { stdout } = await sh("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done", { keepChars: 20 }).end;
  expect(stdout).toHaveLength(20);
  expect(stdout.endsWith("line 2999\n")).toBe(true);
});
