import { expect, test } from "vitest";
import { start } from "../support/processes.js";
import { testWith, type Extra } from "../support/programs.js";
import { installed } from "./installation.js";

const codes = [0, 1, 2, 3, 69, 70, 75, 129, 130, 142, 143];

/** The lines a CI step may consist of, by what runs them; `$L` is the launcher, `$C` the code. */
const steps: readonly [name: string, needs: readonly Extra[], ...words: string[]][] = [
  ["sh -e, as exec", [], "sh", "-e", "exec $L $C"],
  ["sh -e, as a line", [], "sh", "-e", "$L $C"],
  ["bash -e, as exec", ["bash"], "bash", "-e", "exec $L $C"],
  ["bash -e, as a line", ["bash"], "bash", "-e", "$L $C\necho not reached by a red one >/dev/null"],
  ["dash, as a line", ["dash"], "dash", "-e", "$L $C"],
  ["busybox sh", ["busybox"], "busybox", "sh", "-e", "$L $C"],
  // An EXIT trap that ends what has ended long ago turned a green run into exit 1 once: with the launcher none is needed,
  // and one that is written with care does no harm.
  ["with an EXIT trap", ["bash"], "bash", "-e", "trap 'code=$?; kill 999999 2>/dev/null || :; exit $code' EXIT\n$L $C"],
  ["in the background of a step that waits", [], "sh", "-e", "$L $C & wait $!"],
];

for (const [name, needs, shell = "sh", ...words] of steps) testWith(...needs)(`every code passes unchanged: ${name}`, async () => {
  const { launcher } = installed("process.exit(Number(process.argv[2]));");
  const passed = await Promise.all(
    codes.map(async (code) => {
      const { ended } = start(shell, [...words.slice(0, -1), "-c", words.at(-1) ?? ""], {
        env: { PATH: process.env["PATH"] ?? "", L: launcher, C: String(code) },
      });
      return (await ended).code;
    }),
  );
  expect(passed).toEqual(codes);
});

test("a program that was killed is told as the shell tells it", async () => {
  const { launcher } = installed("process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10000);");
  expect((await start(launcher, []).ended).code).toBe(137);
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
