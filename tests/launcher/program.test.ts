import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findExecutable } from "../../src/effects/children/find-executable.js";
import { start, temporaryFolder, until } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { binWith, installed, tools } from "./installation.js";
import { sendSignal } from "../support/signal.js";

const path = process.env["PATH"] ?? "";

/** Says of itself what the launcher promises. */
const witness = `
  const { readFileSync, readdirSync, readlinkSync } = require("node:fs");
  const stat = readFileSync("/proc/self/stat", "latin1").split(") ")[1].split(" ");
  const fds = Object.fromEntries(readdirSync("/proc/self/fd").map((fd) => { try { return [fd, readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; } }));
  const shared = readdirSync("/proc/" + process.ppid + "/fd").map((fd) => { try { return readlinkSync("/proc/" + process.ppid + "/fd/" + fd); } catch { return ""; } });
  process.stdout.write(JSON.stringify({
    args: process.argv.slice(2), cwd: process.cwd(), ownSession: Number(stat[3]) === process.pid,
    stdin: fds[0], pipe: fds[3], fifos: Object.values(fds).filter((file) => file === fds[3]).length, writer: shared.filter((file) => file === fds[3]).length,
    launcher: Number(process.env.RECIPE_CI_LAUNCHER) === process.ppid,
    sinceLaunchMs: Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000 - Number(process.env.RECIPE_CI_LAUNCHED_AT),
  }) + "\\n");`;

const tell = async (file: string, args: readonly string[], options: Parameters<typeof start>[2] = {}) => {
  const run = start(file, args, options);
  const { code } = await run.ended;
  expect({ code, stderr: run.stderr() }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(run.stdout()) as Record<string, unknown>;
};

test("the program gets its words, its folder, a session, null for stdin, and one end of the launcher's pipe", async () => {
  const { launcher } = installed(witness);
  const [cwd, tmp] = [temporaryFolder(), temporaryFolder()];
  const args = ["run", "", "two words", "it's", "$HOME", "--x=*", "-e"];
  const said = await tell(launcher, args, { cwd, env: { ...process.env, TMPDIR: tmp } });
  expect(said).toMatchObject({ args, cwd, ownSession: true, stdin: "/dev/null", fifos: 1, writer: 1, launcher: true });
  expect(said["pipe"]).toMatch(/recipe-ci\..* \(deleted\)$/);
  expect(said["sinceLaunchMs"]).toBeLessThan(5_000);
  expect(said["sinceLaunchMs"]).toBeGreaterThanOrEqual(0);
  expect(readdirSync(tmp), "the pipe's name is gone").toEqual([]);
});

test("a TMPDIR in which no pipe can be made ends with 69 and one line that names it, why, and what to do", async () => {
  const { launcher } = installed("process.exit(0);");
  const file = join(temporaryFolder(), "a-file");
  writeFileSync(file, "");
  for (const [TMPDIR, why] of [
    ["/no/such/folder", "No such file or directory"],
    [file, "Not a directory"],
  ] as const) {
    const run = start(launcher, [], { env: { PATH: process.env["PATH"], LC_ALL: "C", TMPDIR } });
    expect((await run.ended).code).toBe(69);
    expect(run.stderr()).toBe(`recipe-ci: mkfifo can make no pipe in ${TMPDIR}: ${why}. Set TMPDIR to a folder that you may write to.\n`);
  }
});

test("without setpriv, without setsid, or both, the program still starts, with the pipe", async () => {
  const { launcher } = installed(witness);
  for (const missing of [["setpriv"], ["setsid"], ["setpriv", "setsid"]]) {
    const bin = binWith(tools.filter((tool) => !missing.includes(tool)));
    expect(await tell(launcher, [], { env: { PATH: bin } })).toMatchObject({ fifos: 1, writer: 1, launcher: true });
  }
});

for (const [shell, ...words] of [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]] as const) {
  testWith(shell)(`the launcher is at home in ${[shell, ...words].join(" ")}`, async () => {
    const { launcher } = installed(witness);
    expect(await tell(shell, [...words, launcher, "x"])).toMatchObject({ args: ["x"], ownSession: true, fifos: 1, launcher: true });
  });
}

test("the launcher finds its folder through links, relative paths, PATH and blanks", async () => {
  const folder = join(temporaryFolder(), "a checkout");
  mkdirSync(folder);
  const { launcher } = installed(witness, folder);
  const links = temporaryFolder();
  symlinkSync(launcher, join(links, "absolute"));
  symlinkSync("absolute", join(links, "recipe-ci"));
  symlinkSync(dirname(launcher), join(links, "bin"));
  expect(await tell(join(links, "recipe-ci"), [])).toMatchObject({ launcher: true });
  expect(await tell(join(links, "bin/recipe-ci"), [])).toMatchObject({ launcher: true });
  expect(await tell("./recipe-ci", [], { cwd: links })).toMatchObject({ launcher: true, cwd: links });
  expect(await tell("bin/recipe-ci", [], { cwd: folder })).toMatchObject({ launcher: true, cwd: folder });
  expect(await tell("sh", ["recipe-ci"], { cwd: dirname(launcher) })).toMatchObject({ launcher: true });
  expect(await tell("recipe-ci", [], { env: { PATH: `${links}:${process.env["PATH"] ?? ""}` } })).toMatchObject({ launcher: true });
});

test("as a background job of a shell, where INT is ignored from birth, the program hears an INT of its own", async () => {
  const { launcher } = installed(`
    process.on("SIGINT", () => process.exit(130));
    process.stdout.write(process.pid + "\\n");
    setTimeout(() => process.exit(1), 10000);`);
  const run = start("sh", ["-c", "$L & wait $!"], { env: { PATH: process.env["PATH"] ?? "", L: launcher } });
  await run.says("\n");
  sendSignal(Number(run.stdout()), "SIGINT");
  expect((await run.ended).code).toBe(130);
});

test("an INT that comes before node has begun, which a background child of a shell ignores from birth, is heard once it has", async () => {
  const { launcher } = installed(`
    process.on("SIGINT", () => process.exit(130));
    setTimeout(() => process.exit(1), 10000);`);
  for (const shell of ["sh", "bash"].filter((name) => findExecutable(name, path) !== null)) {
    const bin = binWith(tools.filter((tool) => tool !== "setsid" && tool !== "sleep"));
    const real = (name: string): string => findExecutable(name, path) ?? name;
    // It says that it has begun, and node has not, until the launcher has had its INT: then the launcher sleeps between two looks.
    const [gate, waits] = [join(temporaryFolder(), "gate"), join(temporaryFolder(), "waits")];
    writeFileSync(
      join(bin, "setsid"),
      `#!/bin/sh\necho begun\nwhile [ ! -e "${gate}" ]; do ${real("sleep")} .01; done\nexec ${real("setsid")} "$@"\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(bin, "sleep"), `#!/bin/sh\n: >"${waits}"\nexec ${real("sleep")} "$@"\n`, { mode: 0o755 });
    const run = start(findExecutable(shell, path) ?? shell, [launcher], { env: { PATH: bin } });
    await run.says("begun");
    run.kill("SIGINT");
    await until("the launcher waits for node to begin", () => existsSync(waits));
    writeFileSync(gate, "");
    expect((await run.ended).code, shell).toBe(130);
  }
});

test("without node one line says what to do, with 69", async () => {
  const { launcher } = installed(witness);
  const run = start(launcher, [], { env: { PATH: binWith(tools.filter((tool) => tool !== "node")) } });
  expect((await run.ended).code).toBe(69);
  expect(run.stderr()).toBe("recipe-ci: node is not on PATH. Install Node 20.19 or newer.\n");
});

test("with an empty PATH the same line comes, and none of the shell's own before it", async () => {
  const { launcher } = installed(witness);
  const run = start(findExecutable("sh", path) ?? "sh", [launcher], { env: { PATH: "" } });
  expect((await run.ended).code).toBe(69);
  expect(run.stderr()).toBe("recipe-ci: node is not on PATH. Install Node 20.19 or newer.\n");
});
