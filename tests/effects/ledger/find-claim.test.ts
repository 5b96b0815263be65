import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { envFilesOf } from "../../../src/effects/abra/env-files.js";
import { releaseApp } from "../../../src/effects/janitor/reap-ports.js";
import { createSigns } from "../../../src/effects/ledger/find-claim.js";
import { readLedger, readLedgers, writeLedger } from "../../../src/effects/ledger/ledger-file.js";
import { Ledgers } from "../../../src/effects/ledger/ledgers.js";
import { blankAppRecord, readAppRecord, writeAppRecord } from "../../../src/effects/record/app-record.js";
import { blankCard } from "../../../src/effects/lock/card.js";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import type { Ledger } from "../../../src/machines/ledger/ledger.js";
import type { Domain, LockCard, StackName } from "../../../src/machines/vocabulary.js";
import { must } from "../../support/children.js";
import { sampleRecord } from "../../support/run-record.js";

const domain = "note-0a1b2c.ci.example.com" as Domain;
const ledger: Ledger = {
  schema: 1,
  domain,
  stack: "note-0a1b2c_ci_example_com" as StackName,
  takenAt: "2026-01-01T00:00:00Z",
  closedAt: null,
  foreign: ["volume precious"],
  own: [],
  named: {},
  nodes: [],
};
const deploying = [{ name: "deploy", startedAt: "2026-01-01T00:00:00Z", durationMs: null }];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recipe-ci-claim-"));
  mkdirSync(join(root, "servers", "default"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const runsDir = (): string => join(root, "runs");
const runDir = (runId: string): string => {
  const dir = join(runsDir(), runId);
  mkdirSync(dir, { recursive: true });
  return dir;
};
const card = (dir: string | null): LockCard => ({ ...blankCard, runId: "41", pid: 1, runDir: dir });
const putRecord = (runId: string, more: object = {}): string => {
  const dir = runDir(runId);
  writeFileSync(join(dir, "run.json"), JSON.stringify({ ...sampleRecord, runId, domain, phases: deploying, ...more }));
  return dir;
};
const putEnv = (text: string): string => {
  const file = join(root, "servers", "default", `${domain}.env`);
  writeFileSync(file, text);
  return file;
};
const kindOf = (found: LockCard | null = null): string =>
  createSigns({ runsDir: runsDir(), serversDir: join(root, "servers") }).claimOf(domain, found).claim.kind;

test("a name of the form alone is no sign, and neither is an .env that no run wrote", () => {
  expect(kindOf()).toBe("none");
  putEnv("TYPE=notes\nDOMAIN=x\n");
  expect(kindOf()).toBe("none");
});

test("an .env that a run signed is a sign; one behind a link, a FIFO and a huge one are not", () => {
  const file = putEnv("# recipe-ci run 41\nTYPE=notes\n");
  expect(kindOf()).toBe("signed");
  rmSync(file);
  writeFileSync(join(root, "elsewhere"), "# recipe-ci run 41\n");
  symlinkSync(join(root, "elsewhere"), file);
  expect(kindOf()).toBe("none");
  rmSync(file);
  must("mkfifo", [file]);
  expect(kindOf()).toBe("none");
  rmSync(file);
  putEnv(`# recipe-ci run 41\n${"x".repeat(2 ** 21)}`);
  expect(kindOf()).toBe("none");
});

test("a run with deps has a ledger of each, and each is closed by itself", () => {
  const dep = "sso1-0a0a0a.ci.example.com" as Domain;
  writeLedger(runDir("41"), ledger);
  writeLedger(runDir("41"), { ...ledger, domain: dep, own: [] });
  writeLedger(runDir("41"), { ...ledger, closedAt: "2026-01-01T01:00:00Z" });
  expect(readLedger(runDir("41"), domain)).toEqual({ ...ledger, closedAt: "2026-01-01T01:00:00Z" });
  expect(readLedger(runDir("41"), dep)).toEqual({ ...ledger, domain: dep, own: [] });
  expect(readLedgers(runDir("41")).map((one) => one.domain)).toEqual([domain, dep]);
  const signs = createSigns({ runsDir: runsDir(), serversDir: join(root, "servers") });
  expect(signs.claimOf(dep, card(runDir("41"))).claim.kind).toBe("ledger");
});

test("the ledger of the run that the lock's card names is the claim", () => {
  writeLedger(runDir("41"), ledger);
  expect(kindOf(card(runDir("41")))).toBe("ledger");
});

test("a card that points out of the runs' folder is not followed: anybody may write into the lock folder", () => {
  mkdirSync(join(root, "evil"));
  writeLedger(join(root, "evil"), { ...ledger, own: [{ kind: "volume", id: "precious", name: "precious" }] });
  const found = createSigns({ runsDir: runsDir(), serversDir: join(root, "servers") }).claimOf(domain, card(join(root, "evil")));
  expect(found.claim.kind).toBe("signed");
  expect(kindOf(card(join(runsDir(), "..", "evil")))).toBe("signed");
});

test("a ledger of another app is none of this one's", () => {
  writeLedger(runDir("41"), { ...ledger, domain: "note-ffffff.ci.example.com" as Domain });
  expect(kindOf(card(runDir("41")))).toBe("none");
});

test("after a reboot, which empties the lock folder, the app's record leads to the ledger", () => {
  writeLedger(runDir("41"), ledger);
  writeAppRecord(runsDir(), domain, { ...blankAppRecord, ledger: "41" });
  expect(kindOf()).toBe("ledger");
});

test("a closed ledger claims nothing: what is there now came after the run", () => {
  writeLedger(putRecord("41"), { ...ledger, closedAt: "2026-01-01T01:00:00Z" });
  expect(kindOf(card(runDir("41")))).toBe("none");
  expect(kindOf()).toBe("none");
});

test("a run that was killed before it deployed is no sign, though its card lies in the lock file: it may be one that refused the app", () => {
  const dir = putRecord("41", { phases: [{ ...deploying[0], name: "recover" }] });
  expect(kindOf(card(dir))).toBe("none");
});

test("a record of a run that deployed is a sign, also without card and ledger; one that cleaned up is not", () => {
  putRecord("41");
  expect(kindOf()).toBe("signed");
  putRecord("41", { exitCode: 0, cleanliness: "clean" });
  expect(kindOf()).toBe("none");
});

test("a card whose run's folder is gone, and a reap that failed, are signs", () => {
  expect(kindOf(card(join(runsDir(), "gone")))).toBe("signed");
  writeAppRecord(runsDir(), domain, { ...blankAppRecord, failedReaps: 1 });
  expect(kindOf()).toBe("signed");
});

test("garbage where a ledger should be is no ledger, and stops nothing", () => {
  for (const text of [
    "",
    "null",
    "[]",
    '{"schema":1}',
    "{".repeat(10_000),
    JSON.stringify({ ...ledger, own: [{ kind: "planet", id: "x", name: "x" }] }),
  ]) {
    writeFileSync(join(runDir("41"), "ledger.json"), text);
    expect([text.slice(0, 20), readLedger(runDir("41"), domain)]).toEqual([text.slice(0, 20), null]);
  }
  rmSync(join(runDir("41"), "ledger.json"));
  must("mkfifo", [join(runDir("41"), "ledger.json")]);
  expect(readLedger(runDir("41"), domain)).toBeNull();
});

test("what becomes known is on disk at once, and a closed ledger says when", () => {
  const ledgers = new Ledgers((error) => {
    throw error;
  });
  ledgers.open(runDir("41"), ledger);
  const volume = { kind: "volume", id: "v", name: "v", stackLabel: null, uses: [] } as const;
  ledgers.note(domain, [volume]);
  ledgers.note(domain, [volume]);
  ledgers.name(domain, { volume: ["data"] });
  expect(readLedger(runDir("41"), domain)).toEqual({
    ...ledger,
    own: [{ kind: "volume", id: "v", name: "v" }],
    named: { volume: ["data"] },
  });
  expect(ledgers.close(domain)).toBe(true);
  expect(readLedger(runDir("41"), domain)?.closedAt).not.toBeNull();
});

test("a ledger that could not be closed goes on being pointed to, after a reap as well: the next pass closes it, and then its run may go", async () => {
  const ledgers = new Ledgers(() => undefined);
  ledgers.hold(domain, { claim: { kind: "ledger", ledger }, runDir: runDir("41") });
  writeAppRecord(runsDir(), domain, { ...blankAppRecord, ledger: "41" });
  const file = join(runDir("41"), "ledger.json");
  mkdirSync(file);
  const release = (): Promise<unknown> =>
    toPromise(
      createActor(releaseApp({ runsDir: runsDir(), held: new HeldLocks(), ledgers }), {
        input: { domain, cleanliness: { kind: "clean" } },
      }).start(),
    );
  await release();
  expect(readAppRecord(runsDir(), domain).ledger).toBe("41");
  rmdirSync(file);
  await release();
  expect(readAppRecord(runsDir(), domain).ledger).toBeNull();
  expect(readLedger(runDir("41"), domain)?.closedAt).not.toBeNull();
});

test("a ledger that cannot be written is said, with 69, before anything is made", () => {
  mkdirSync(join(runDir("41"), "ledger.json"), { recursive: true });
  expect(() => new Ledgers(() => undefined).open(runDir("41"), ledger)).toThrow(
    expect.objectContaining({ code: "ledger-unwritable", exitCode: 69 }),
  );
});

test("an app that no claim is held for is nobody's: nothing of it is touched", () => {
  expect(new Ledgers(() => undefined).claimOf(domain)).toEqual({ kind: "none" });
});

test("no note goes into a folder that somebody put in the place of the run's, and the claim stands", () => {
  const dir = runDir("41");
  const troubles: string[] = [];
  const ledgers = new Ledgers((error) => troubles.push(String(error)));
  ledgers.open(dir, ledger);
  renameSync(dir, `${dir}.away`);
  mkdirSync(dir);
  ledgers.close(domain);
  expect(readdirSync(dir)).toEqual([]);
  expect(troubles).toEqual([expect.stringContaining("removed or replaced")]);
  expect(ledgers.claimOf(domain)).toMatchObject({ kind: "ledger", ledger: { closedAt: expect.any(String) as string } });
});

test("an app has the .env files that can be seen, also one that is a link to nothing; a servers folder that cannot be read has not none", () => {
  const servers = join(root, "servers");
  expect(envFilesOf(servers, domain)).toEqual([]);
  expect(envFilesOf(join(root, "no-such-folder"), domain)).toEqual([]);
  writeFileSync(join(servers, "README"), "no server");
  const file = join(servers, "default", `${domain}.env`);
  symlinkSync(join(root, "nothing"), file);
  expect(envFilesOf(servers, domain)).toEqual([file]);
  // Whom root's rights let in, a link to itself keeps out.
  symlinkSync("loop", join(servers, "loop"));
  const unreadable = expect.objectContaining({ code: "servers-unreadable", exitCode: 69 }) as Error;
  expect(() => envFilesOf(servers, domain)).toThrow(unreadable);
  rmSync(servers, { recursive: true });
  writeFileSync(servers, "no folder");
  expect(() => envFilesOf(servers, domain)).toThrow(unreadable);
});
