import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startProgram } from "../support/program.js";
import { temporaryFolder } from "../support/processes.js";
import { testWith } from "../support/programs.js";

testWith("bash")("what the caller has open, such as the lock of a script, is handed on to no child", async () => {
  const [folder, path] = [temporaryFolder(), process.env["PATH"] ?? ""];
  const [seen, lock] = [join(folder, "seen"), join(folder, "lock")];
  writeFileSync(join(folder, "git"), `#!/bin/sh\nls -l /proc/self/fd >>'${seen}'\nPATH='${path}' exec git "$@"\n`);
  chmodSync(join(folder, "git"), 0o755);
  const env = { PATH: `${folder}:${path}`, HOME: folder, RECIPE_CI_SANDBOX: join(folder, "sandbox") };
  const { ended } = startProgram(["recipe", "check", "echo", "--sandbox"], env, folder, [
    "bash",
    "-c",
    `exec 5>"$0" 20>"$0" 200>"$0"; exec "$@"`,
    lock,
  ]);
  const { stdout, stderr } = await ended;
  expect(stdout + stderr).toContain("echo");
  const descriptors = readFileSync(seen, "utf8");
  expect(descriptors).toContain(" 0 -> ");
  expect(descriptors).not.toContain(lock);
});
