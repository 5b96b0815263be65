import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { call, startTalking } from "../support/children.js";
import { testWith } from "../support/programs.js";

const test = testWith("restic");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "restic-store-"));
  writeFileSync(join(root, "data"), "of the app\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const env = () => ({ ...process.env, HOME: root, RESTIC_REPOSITORY: join(root, "repository"), RESTIC_PASSWORD: "of-the-tests" });

/** What the backup service does with its store, in a process of its own as there. */
const inStore = async (script: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const store = join(process.cwd(), "examples/backup/service/restic-store.js");
  const { code, stdout, stderr } = await call(
    process.execPath,
    ["-e", `const store = require(${JSON.stringify(store)}); const data = ${JSON.stringify(join(root, "data"))}; ${script}`],
    { env: { ...env(), ...more } },
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
};

const calls = (): readonly string[] =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n") : [];

/** A PATH on which restic says in a file when it is called. */
const noteCalls = (): Readonly<Record<string, string>> => {
  const PATH = process.env["PATH"] ?? "";
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin", "restic"), `#!/bin/sh\necho "$*" >>${root}/calls\nPATH=${PATH} exec restic "$@"\n`, { mode: 0o755 });
  return { PATH: `${root}/bin:${PATH}` };
};

test("several first backups at once make one repository, and each has its snapshot in it", async () => {
  const apps = ["one", "two", "three", "four"];
  await Promise.all(apps.map((app) => inStore(`store.save("${app}", [data])`)));
  const counts = await inStore(`console.log(${JSON.stringify(apps)}.map((app) => store.snapshots(app).length).join())`);
  expect(counts).toBe("1,1,1,1");
  expect(readdirSync(root).toSorted()).toEqual(["data", "repository"]);
});

/** A backup that has the repository until its stdin ends, which is asked for by `end`. */
const backupInProgress = async () => {
  const backup = startTalking("restic", ["--no-cache", "backup", "--stdin", "--tag", "here"], { env: env() });
  await expect.poll(() => readdirSync(join(root, "repository", "locks")), { timeout: 10_000 }).toHaveLength(1);
  backup.stdout.resume();
  return backup;
};

test("snapshots of apps that are gone are forgotten as soon as another app's backup has ended", async () => {
  await inStore(`store.save("gone", [data])`);
  const backup = await backupInProgress();
  const forgetting = inStore(`store.forget((tag) => tag === "gone")`, noteCalls());
  await expect.poll(() => calls().filter((call) => call.includes("forget")).length, { timeout: 20_000 }).toBeGreaterThan(1);
  backup.stdin.end("of the other app\n");
  expect(await backup.ends(60_000)).toMatchObject({ code: 0 });
  await forgetting;
  expect(await inStore(`console.log([store.snapshots("gone"), store.snapshots("here")].map(({ length }) => length).join())`)).toBe("0,1");
});

test("the lock of a restic that was killed keeps nobody out", async () => {
  await inStore(`store.save("gone", [data])`);
  await (await backupInProgress()).end();
  await inStore(`store.forget((tag) => tag === "gone")`);
  expect(readdirSync(join(root, "repository", "locks"))).toEqual([]);
});

test("with another password a backup fails with restic's reason, and makes no repository", async () => {
  await inStore(`store.save("one", [data])`);
  const config = readFileSync(join(root, "repository", "config"));
  await expect(inStore(`process.env.RESTIC_PASSWORD = "another"; store.save("one", [data])`)).rejects.toThrow(/restic: .*wrong password/);
  expect(readFileSync(join(root, "repository", "config"))).toEqual(config);
});

test("a restore into a volume whose folder has become a link to another's writes nothing there", async () => {
  const [own, foreign] = [join(root, "own"), join(root, "foreign")];
  for (const folder of [join(own, "sub"), foreign]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(own, "sub", "file"), "ours\n");
  writeFileSync(join(foreign, "file"), "theirs\n");
  const id = (await inStore(`console.log(store.save("one", [${JSON.stringify(own)}]))`)).trim();
  rmSync(join(own, "sub"), { recursive: true });
  symlinkSync("../foreign", join(own, "sub"));
  const ownVolumes = JSON.stringify(join(process.cwd(), "examples/backup/service/own-volumes.js"));
  await inStore(
    `require(${ownVolumes}).removeLinks(store.paths("${id}"), [{ folder: ${JSON.stringify(own)} }], () => undefined); store.restore("${id}")`,
  );
  expect(readFileSync(join(own, "sub", "file"), "utf8")).toBe("ours\n");
  expect(readFileSync(join(foreign, "file"), "utf8")).toBe("theirs\n");
});
