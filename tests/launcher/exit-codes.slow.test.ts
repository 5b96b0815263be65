import { expect, test } from "vitest";
import { start } from "../support/processes.js";
import { testWith, type Extra } from "../support/programs.js";
import { expectCodesPass } from "./ci-step.js";
import { installed } from "./installation.js";

/** Shells, and the lines of a CI step that they run. */
const steps: readonly [name: string, needs: readonly Extra[], ...words: string[]][] = [
  ["sh -e, as exec", [], "sh", "-e", "exec $L $C"],
  ["bash -e, as exec", ["bash"], "bash", "-e", "exec $L $C"],
  ["bash -e, as a line", ["bash"], "bash", "-e", "$L $C\necho not reached by a red one >/dev/null"],
  ["dash, as a line", ["dash"], "dash", "-e", "$L $C"],
  ["busybox sh", ["busybox"], "busybox", "sh", "-e", "$L $C"],
  // An EXIT trap that killed a process which had already ended once turned a green run into exit 1. With the launcher no trap is
  // needed, and a careful one, like this, does no harm.
  ["with an EXIT trap", ["bash"], "bash", "-e", "trap 'code=$?; kill 999999 2>/dev/null || :; exit $code' EXIT\n$L $C"],
  ["in the background of a step that waits", [], "sh", "-e", "$L $C & wait $!"],
];

for (const [name, needs, shell = "sh", ...words] of steps)
  testWith(...needs)(`every code passes unchanged: ${name}`, () => expectCodesPass(shell, ...words));

test("a storm of signals does not make the launcher end before its program, nor with another code", async () => {
  const { launcher } = installed(`
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
    process.stdout.write("ready " + process.pid + "\\n");
    setTimeout(() => process.exit(3), 700);`);
  const run = start(launcher, []);
  await run.says("ready");
  const storm = setInterval(() => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) run.kill(signal);
  }, 3);
  const { code } = await run.ended;
  clearInterval(storm);
  expect(code).toBe(3);
});
