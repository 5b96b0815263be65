import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isAlive, until } from "../support/processes.js";
import { clone, cloneSetUp, installs, says } from "./clone.js";

test("if npm fails, the launcher exits with 69 and says what to do, and the next command tries again", async () => {
  const { run } = clone();
  const failed = run({ NPM_DOES: "fail" });
  expect((await failed.ended).code).toBe(69);
  expect(failed.stdout()).toBe("");
  expect(failed.stderr()).toContain("npm ci failed");
  await says(run(), "one");
});

test("if the build fails, the launcher exits with 70 and does not run an old dist", async () => {
  const { run, write } = await cloneSetUp();
  write("src/cli/main.ts", "this is no program");
  const failed = run();
  expect((await failed.ended).code).toBe(70);
  expect(failed.stdout()).toBe("");
  write("src/cli/main.ts", `process.stdout.write("again\\n");`);
  await says(run(), "again");
});

test("a set-up that was killed while npm worked is done again", async () => {
  const { run, notes } = clone();
  const killed = run({ NPM_DOES: "hang" });
  await until("npm hangs", () => notes().some((note) => note.startsWith("hangs")));
  killed.killGroup("SIGKILL");
  await killed.ended;
  await says(run(), "one");
  expect(installs(notes())).toBe(2);
});

test("if npm was killed while it cleared node_modules, the packages count as incomplete even if their lock file is back", async () => {
  const { run, notes, folder } = await cloneSetUp();
  const lock = readFileSync(join(folder, "package-lock.json"));
  writeFileSync(join(folder, "package-lock.json"), `${lock.toString()}\n`);
  const killed = run({ NPM_DOES: "half" });
  await until("npm hangs", () => notes().some((note) => note.startsWith("hangs")));
  killed.killGroup("SIGKILL");
  await killed.ended;
  writeFileSync(join(folder, "package-lock.json"), lock);
  rmSync(join(folder, "dist/stamp"));
  await says(run(), "one");
  expect(existsSync(join(folder, "node_modules/other"))).toBe(true);
});

test("a set-up that was killed at any moment is repaired by the next command", async () => {
  const { run, folder, write } = await cloneSetUp();
  for (let moment = 0; moment < 5; moment += 1) {
    write("src/cli/deep/er/word.ts", `export const word: string = "word ${moment}";`);
    const killed = run();
    await new Promise((resolve) => setTimeout(resolve, 40 + moment * 90));
    killed.killGroup("SIGKILL");
    await killed.ended;
    await says(run(), `word ${moment}`);
  }
  expect(
    readdirSync(join(folder, "dist"))
      .filter((name) => !name.endsWith(".tmp"))
      .sort(),
  ).toEqual(["main.cjs", "recipe-ci.cache", "recipe-ci.cjs", "stamp"]);
});

test("of several set-ups at once one works and the others wait for it", async () => {
  const { run, notes } = clone();
  const runs = Array.from({ length: 4 }, () => run({ NPM_DOES: "slow" }));
  await Promise.all(runs.map((one) => says(one, "one")));
  expect(installs(notes())).toBe(1);
  expect(notes()).not.toContain("two at once");
  expect(runs.filter((one) => one.stderr().includes("waiting for it")).length).toBeGreaterThan(0);
});

test("while the npm of a killed launcher lives on, the next one waits for it", async () => {
  const { run, notes } = clone();
  const killed = run({ NPM_DOES: "slow" });
  await until("npm works", () => installs(notes()) === 1);
  killed.kill("SIGKILL");
  await says(run(), "one");
  expect(notes()).not.toContain("two at once");
  await until("it is gone", () => !isAlive(killed.pid));
});
