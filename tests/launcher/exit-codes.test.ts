import { dirname } from "node:path";
import { expect, test } from "vitest";
import { start } from "../support/processes.js";
import { expectCodesPass } from "./ci-step.js";
import { installed } from "./installation.js";

// exit-codes.slow.test.ts tests other shells and step lines, and a storm of signals.

test("every code passes unchanged: sh -e, as a line", () => expectCodesPass("sh", "-e", "$L $C"));

test("if the program was killed by a signal, the launcher exits as a shell does, with 128 + the signal's number", async () => {
  const { launcher } = installed("process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10000);");
  expect((await start(launcher, []).ended).code).toBe(137);
});

test.each([
  ["SIGABRT", 134],
  ["SIGTRAP", 133],
])("a node that ends itself by %s for want of memory is told in one line as the host's trouble, with 69", async (signal, code) => {
  const { launcher } = installed(`process.kill(process.pid, "${signal}"); setTimeout(() => {}, 10000);`);
  const run = start(launcher, []);
  expect((await run.ended).code).toBe(69);
  expect(run.stderr()).toContain(
    `recipe-ci: node ended itself (code ${code}), mostly for want of memory or of threads: see ulimit -v, ulimit -u`,
  );
});

test.each(["--require /no/such/module", "--no-such-option"])(
  "NODE_OPTIONS=%s, with which node does not even begin the program, is told as the host's trouble, with 69",
  async (options) => {
    const { launcher } = installed("process.exit(0);");
    const run = start(launcher, [], { env: { ...process.env, NODE_OPTIONS: options } });
    expect((await run.ended).code).toBe(69);
    expect(run.stderr()).toContain("recipe-ci: node does not start with the NODE_OPTIONS of this environment");
  },
);

test("a program that began in spite of NODE_OPTIONS keeps its code", async () => {
  for (const code of [1, 9]) {
    const run = start(installed(`process.exit(${code});`).launcher, [], { env: { ...process.env, NODE_OPTIONS: "--no-warnings" } });
    expect((await run.ended).code).toBe(code);
    expect(run.stderr()).toBe("");
  }
});

test("a node that gets no memory while set-up asks for its version is not called too old", async () => {
  const { launcher } = installed("");
  const line = `ulimit -v 200000; rm -f "${dirname(launcher)}/../dist/stamp"; exec "${launcher}"`;
  const run = start("sh", ["-c", line]);
  expect((await run.ended).code).toBe(69);
  expect(run.stderr()).toContain("mostly for want of memory");
  expect(run.stderr()).not.toContain("too old");
});

test("two TERMs and a graceful end: the code is the program's own", async () => {
  const { launcher } = installed(`
    let terms = 0;
    process.on("SIGTERM", () => { terms += 1; process.stdout.write("term " + terms + "\\n"); if (terms === 2) setTimeout(() => process.exit(42), 100); });
    process.stdout.write("ready\\n");
    setTimeout(() => {}, 20000);`);
  const run = start(launcher, []);
  await run.says("ready");
  run.kill("SIGTERM");
  await run.says("term 1");
  run.kill("SIGTERM");
  expect((await run.ended).code).toBe(42);
});
