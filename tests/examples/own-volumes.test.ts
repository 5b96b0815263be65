import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call } from "../support/children.js";
import { temporaryFolder } from "../support/processes.js";

interface Volumes {
  readonly own: string;
  readonly foreign: string;
}

/** Two volumes beside each other, as docker keeps them: the app's, and somebody else's with a file in it. */
const twoVolumes = (): Volumes => {
  const root = temporaryFolder();
  const [own, foreign] = [join(root, "own", "_data"), join(root, "foreign", "_data")];
  for (const folder of [own, foreign]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(foreign, "theirs"), "theirs\n");
  return { own, foreign };
};

/** What a function of the backup service answers, in a process of its own as there, and what it says. */
const ask = async (
  name: "existing" | "removeLinks",
  ...given: readonly unknown[]
): Promise<{ readonly answer: unknown; readonly said: readonly string[] }> => {
  const file = join(process.cwd(), "examples/backup/service/own-volumes.js");
  const script = `const said = []; const answer = require(${JSON.stringify(file)}).${name}(...${JSON.stringify(given)}, (line) => said.push(line)); console.log(JSON.stringify({ answer, said }))`;
  const { code, stdout, stderr } = await call(process.execPath, ["-e", script]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { answer: unknown; said: readonly string[] };
};

test("of what a label names only what is there and in its volume is backed up, and the rest is said", async () => {
  const { own, foreign } = twoVolumes();
  mkdirSync(join(own, "data"));
  symlinkSync("data", join(own, "inside"));
  symlinkSync("../../foreign", join(own, "away"));
  const at = (name: string): string => join(own, name);
  const { answer, said } = await ask("existing", [
    { folder: own, paths: [own, at("data"), at("inside"), at("away/_data"), at("none")] },
    { folder: foreign, paths: [] },
  ]);
  expect(answer).toEqual([own, at("data"), at("inside")]);
  expect(said).toEqual([
    `${at("away/_data")} leads out of its volume and is not backed up`,
    `${at("none")} is not there and not backed up`,
  ]);
});

test("a link that stands where the snapshot has a folder or a file is removed before a restore, and another stays", async () => {
  const { own, foreign } = twoVolumes();
  mkdirSync(join(own, "data"));
  symlinkSync("../../foreign/_data", join(own, "sub"));
  symlinkSync("../../../foreign/_data/theirs", join(own, "data", "file"));
  symlinkSync("data", join(own, "other"));
  const snapshot = ["/", own, join(own, "sub"), join(own, "sub", "theirs"), join(own, "data"), join(own, "data", "file")];
  const { said } = await ask("removeLinks", snapshot, [{ folder: own, paths: [own] }]);
  expect(said).toEqual(["2 links that were in the way of the snapshot were removed"]);
  expect([existsSync(join(own, "sub")), existsSync(join(own, "data", "file"))]).toEqual([false, false]);
  expect(lstatSync(join(own, "other")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(foreign, "theirs"), "utf8")).toBe("theirs\n");
});
