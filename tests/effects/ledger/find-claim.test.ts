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

test("neither a run app's name alone nor an .env that no run wrote is a sign of a run", () => {
  expect(kindOf()).toBe("none");
  putEnv("TYPE=notes\nDOMAIN=x\n");
  expect(kindOf()).toBe("none");
});

test("an .env that a run signed is a sign of it; a link to one, a FIFO or a huge file is not", () => {
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

test("when a run has deps, each app has its own ledger, which is closed by itself", () => {
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

test("when the lock's card names a run, that run's ledger is the claim", () => {
  writeLedger(runDir("41"), ledger);
  expect(kindOf(card(runDir("41")))).toBe("ledger");
});

test("when a card points out of the runs' folder, it is not followed, as anybody may write into the lock folder", () => {
  mkdirSync(join(root, "evil"));
  writeLedger(join(root, "evil"), { ...ledger, own: [{ kind: "volume", id: "precious", name: "precious" }] });
  const found = createSigns({ runsDir: runsDir(), serversDir: join(root, "servers") }).claimOf(domain, card(join(root, "evil")));
  expect(found.claim.kind).toBe("signed");
  expect(kindOf(card(join(runsDir(), "..", "evil")))).toBe("signed");
});

test("another app's ledger is no claim on this app", () => {
  writeLedger(runDir("41"), { ...ledger, domain: "note-ffffff.ci.example.com" as Domain });
  expect(kindOf(card(runDir("41")))).toBe("none");
});

test("after a reboot, which empties the lock folder, the app's record leads to the ledger", () => {
  writeLedger(runDir("41"), ledger);
  writeAppRecord(runsDir(), domain, { ...blankAppRecord, ledger: "41" });
  expect(kindOf()).toBe("ledger");
});

test("a closed ledger claims nothing, as objects that are there now came after the run", () => {
  writeLedger(putRecord("41"), { ...ledger, closedAt: "2026-01-01T01:00:00Z" });
  expect(kindOf(card(runDir("41")))).toBe("none");
  expect(kindOf()).toBe("none");
});

test("when a run was killed before it deployed, its card is no sign, as the run may have refused the app", () => {
  const dir = putRecord("41", { phases: [{ ...deploying[0], name: "recover" }] });
  expect(kindOf(card(dir))).toBe("none");
});

test("the record of a run that deployed is a sign even without card and ledger, unless the run cleaned up", () => {
  putRecord("41");
  expect(kindOf()).toBe("signed");
  putRecord("41", { exitCode: 0, cleanliness: "clean" });
  expect(kindOf()).toBe("none");
});

test("a card is a sign even if its run's folder is gone, and so is a failed reap", () => {
  expect(kindOf(card(join(runsDir(), "gone")))).toBe("signed");
  writeAppRecord(runsDir(), domain, { ...blankAppRecord, failedReaps: 1 });
  expect(kindOf()).toBe("signed");
});

test("when a ledger's file holds garbage, it counts as no ledger and nothing fails", () => {
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

test("each note is on disk at once, and a closed ledger has the time of its end", () => {
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

test("when a ledger cannot be closed, the app's record still points to it until a later pass closes it; then its run may be pruned", async () => {
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

test("when a ledger cannot be written, the run fails with 69 before it makes anything", () => {
  mkdirSync(join(runDir("41"), "ledger.json"), { recursive: true });
  expect(() => new Ledgers(() => undefined).open(runDir("41"), ledger)).toThrow(
    expect.objectContaining({ code: "ledger-unwritable", exitCode: 69 }),
  );
});

test("when no claim is held for an app, its claim is none", () => {
  expect(new Ledgers(() => undefined).claimOf(domain)).toEqual({ kind: "none" });
});

test("when somebody replaced the run's folder, no note is written into the new one, and the claim stands", () => {
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

test("an app's .env files are listed even if they are dangling links, and an unreadable servers folder is an error", () => {
  const servers = join(root, "servers");
  expect(envFilesOf(servers, domain)).toEqual([]);
  expect(envFilesOf(join(root, "no-such-folder"), domain)).toEqual([]);
  writeFileSync(join(servers, "README"), "no server");
  const file = join(servers, "default", `${domain}.env`);
  symlinkSync(join(root, "nothing"), file);
  expect(envFilesOf(servers, domain)).toEqual([file]);
  // A link to itself cannot be read even by root.
  symlinkSync("loop", join(servers, "loop"));
  const unreadable = expect.objectContaining({ code: "servers-unreadable", exitCode: 69 }) as Error;
  expect(() => envFilesOf(servers, domain)).toThrow(unreadable);
  rmSync(servers, { recursive: true });
  writeFileSync(servers, "no folder");
  expect(() => envFilesOf(servers, domain)).toThrow(unreadable);
});
