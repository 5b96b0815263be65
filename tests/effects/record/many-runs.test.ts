import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appsWithLedger, blankAppRecord, readAppRecord, writeAppRecord } from "../../../src/effects/record/app-record.js";
import { runOfProcess } from "../../../src/effects/record/read-runs.js";
import { createRunsByDomain } from "../../../src/effects/record/runs-by-domain.js";
import type { Domain } from "../../../src/machines/vocabulary.js";
import { startSilent } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";
import { sampleRecord } from "../../support/run-record.js";

const domain = "note-0a1b2c.ci.example.com" as Domain;

const put = (runsDir: string, runId: string, record: object | string): void => {
  mkdirSync(join(runsDir, runId), { recursive: true });
  writeFileSync(join(runsDir, runId, "run.json"), typeof record === "string" ? record : `${JSON.stringify(record, null, 2)}\n`);
};

test("the listing alone says which apps have an open ledger: until it is closed, and whatever the record's file has in it", () => {
  const runsDir = temporaryFolder();
  writeAppRecord(runsDir, domain, { ...blankAppRecord, ledger: "41" });
  writeAppRecord(runsDir, "note-ffffff.ci.example.com" as Domain, blankAppRecord);
  expect(appsWithLedger(runsDir)).toEqual([domain]);
  writeAppRecord(runsDir, domain, { ...readAppRecord(runsDir, domain), ledger: "42" });
  writeFileSync(join(runsDir, "apps", `${domain}.json`), "torn");
  expect(readAppRecord(runsDir, domain)).toEqual({ ...blankAppRecord, ledger: "42" });
  writeAppRecord(runsDir, domain, blankAppRecord);
  expect(appsWithLedger(runsDir)).toEqual([]);
  expect(readdirSync(join(runsDir, "apps")).toSorted()).toEqual([`${domain}.json`, "note-ffffff.ci.example.com.json"]);
});

test("a run that was killed between writing the link beside its place and renaming it keeps nobody from the next", () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, "apps"));
  symlinkSync("../40", join(runsDir, "apps", `${domain}.ledger.${process.pid}.tmp`));
  expect(appsWithLedger(runsDir)).toEqual([]);
  writeAppRecord(runsDir, domain, { ...blankAppRecord, ledger: "41" });
  expect(readAppRecord(runsDir, domain).ledger).toBe("41");
});

test("a link that leads out of the runs names at most one of them", () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, "apps"));
  symlinkSync("/etc/../root", join(runsDir, "apps", `${domain}.ledger`));
  expect(readAppRecord(runsDir, domain).ledger).toBe("root");
});

test("the runs of an app are found among all others, the newest first", () => {
  const runsDir = temporaryFolder();
  put(runsDir, "1", { ...sampleRecord, runId: "1", startedAt: "2026-01-01T00:00:00.000Z" });
  put(runsDir, "2", { ...sampleRecord, runId: "2", startedAt: "2026-01-02T00:00:00.000Z" });
  put(runsDir, "3", { ...sampleRecord, runId: "3", domain: "note-ffffff.ci.example.com" });
  put(runsDir, "4", { ...sampleRecord, runId: "4", domain: null });
  expect(createRunsByDomain(runsDir)(domain).map(({ runId }) => runId)).toEqual(["2", "1"]);
});

test("a record in any other form is read as a whole, and what is none is passed over", () => {
  const runsDir = temporaryFolder();
  put(runsDir, "tight", JSON.stringify({ ...sampleRecord, runId: "tight" }));
  put(runsDir, "long", { ...sampleRecord, runId: "long", recipe: "x".repeat(5_000) });
  put(runsDir, "quoted", { ...sampleRecord, runId: "quoted", ref: `"domain": "${domain}"`, domain: null });
  put(runsDir, "torn", '{ "runId": "torn", ');
  mkdirSync(join(runsDir, "empty"));
  symlinkSync("/dev/zero", join(runsDir, "device"));
  expect(
    createRunsByDomain(runsDir)(domain)
      .map(({ runId }) => runId)
      .toSorted(),
  ).toEqual(["long", "tight"]);
});

test("a run's process is known by the folder it works in, and only while its record says that it goes on", async () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, "7"));
  const child = startSilent("sleep", ["60"], { cwd: join(runsDir, "7") });
  try {
    const { pid } = child;
    put(runsDir, "7", { ...sampleRecord, runId: "7", pid });
    expect(runOfProcess(runsDir, pid)?.runId).toBe("7");
    put(runsDir, "7", { ...sampleRecord, runId: "7", pid: pid + 1 });
    expect(runOfProcess(runsDir, pid)).toBeNull();
    put(runsDir, "7", { ...sampleRecord, runId: "7", pid, exitCode: 0 });
    expect(runOfProcess(runsDir, pid)).toBeNull();
    expect(runOfProcess(runsDir, process.pid)).toBeNull();
  } finally {
    await child.end();
  }
});
