import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { afterFailedReap, blankAppRecord, readAppRecord, writeAppRecord } from "../../../src/effects/record/app-record.js";
import { replaceFile } from "../../../src/effects/record/atomic-file.js";
import { readRun, readRuns } from "../../../src/effects/record/read-runs.js";
import { makeRunDir } from "../../../src/effects/record/run-dir.js";
import { RunRecord, type RunRecordFile } from "../../../src/effects/record/run-record.js";
import { asFailure } from "../../../src/machines/errors.js";
import type { Domain, Verdict } from "../../../src/machines/vocabulary.js";
import { bundleFixture } from "../../support/bundle.js";
import { ask } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";
import { sampleRecord } from "../../support/run-record.js";

const onDisk = (dir: string): RunRecordFile => JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunRecordFile;
const fail = (error: unknown): never => {
  throw error;
};

test("a phase ends when the next one begins, and only phases that were entered are in the record", () => {
  const dir = temporaryFolder();
  const record = new RunRecord(dir, sampleRecord, fail);
  record.enter("prepare.recipe", "prepare");
  record.enter("prepare.janitor", "prepare");
  expect(onDisk(dir)).toMatchObject({ state: "prepare.janitor", phases: [{ name: "prepare", durationMs: null }] });
  record.enter("holding.acquire", "acquire");
  expect(onDisk(dir).phases.map(({ name, durationMs }) => [name, durationMs === null])).toEqual([
    ["prepare", false],
    ["acquire", true],
  ]);
});

test("a closed record has verdict, cause, residue and exit code, and no open phase", () => {
  const dir = temporaryFolder();
  const record = new RunRecord(dir, sampleRecord, fail);
  record.enter("holding.tearingDown", "tearingDown");
  record.close({ kind: "stopped", cause: "TERM" }, { kind: "dirty", residue: [{ kind: "volume", name: "v" }] }, 143);
  const closed = onDisk(dir);
  expect(closed).toMatchObject({
    state: "released",
    verdict: "stopped",
    cause: "TERM",
    cleanliness: "dirty",
    residue: [{ kind: "volume", name: "v" }],
    exitCode: 143,
  });
  expect(closed.finishedAt).not.toBeNull();
  expect(closed.phases.every(({ durationMs }) => durationMs !== null)).toBe(true);
  expect(readdirSync(dir)).toEqual(["run.json"]);
});

test("a closed record has the code of the failure, or of the failure that the deadline cut off", () => {
  const codeOf = (verdict: Verdict): string | null => {
    const dir = temporaryFolder();
    new RunRecord(dir, sampleRecord, fail).close(verdict, { kind: "clean" }, 1);
    return onDisk(dir).failure;
  };
  const failure = asFailure({ code: "crash-loop", message: "it did not settle", hint: "Look." });
  expect(codeOf({ kind: "failed", failure })).toBe("crash-loop");
  expect(codeOf({ kind: "stopped", cause: "deadline", cut: failure })).toBe("crash-loop");
  expect([codeOf({ kind: "stopped", cause: "TERM" }), codeOf({ kind: "passed" })]).toEqual([null, null]);
});

test("when the run's folder vanishes, that is reported and the run goes on", () => {
  const dir = temporaryFolder();
  const troubles: unknown[] = [];
  const record = new RunRecord(dir, sampleRecord, (error) => void troubles.push(error));
  rmSync(dir, { recursive: true });
  record.enter("prepare", "prepare");
  expect(troubles).toHaveLength(1);
  expect(record.current.phases).toHaveLength(1);
  mkdirSync(dir); // The folder's own clean-up wants it.
});

test("when the run's folder was replaced, nothing is written into the new one", () => {
  const [dir, other] = [temporaryFolder(), temporaryFolder()];
  const record = new RunRecord(dir, sampleRecord, () => undefined);
  expect(record.hasFolder).toBe(true);
  rmSync(dir, { recursive: true });
  symlinkSync(other, dir);
  record.enter("prepare", "prepare");
  expect({ written: readdirSync(other), hasFolder: record.hasFolder, trouble: String(record.trouble) }).toEqual({
    written: [],
    hasFolder: false,
    trouble: expect.stringContaining("replaced"),
  });
});

test("when the disk takes only a part of a file, the old file stays whole", async () => {
  const dir = temporaryFolder();
  const file = join(dir, "run.json");
  replaceFile(file, "old");
  const program = await bundleFixture("tests/support/fixtures/replaces-file.ts");
  const { stdout, stderr } = ask("prlimit", ["--fsize=4096", "--", process.execPath, program, file]);
  expect({ stdout, stderr }).toEqual({ stdout: "EFBIG", stderr: "" });
  expect(readFileSync(file, "utf8")).toBe("old");
});

test("when a run id was used before, it gets a suffix; when the runs folder is a file, the run is refused with exit code 2", () => {
  const dir = temporaryFolder();
  expect([1, 2, 3].map(() => makeRunDir(join(dir, "runs"), "42").runId)).toEqual(["42", "42-2", "42-3"]);
  writeFileSync(join(dir, "file"), "");
  expect(() => makeRunDir(join(dir, "file"), "42")).toThrowError(expect.objectContaining({ code: "runs-dir-unusable", exitCode: 2 }));
});

test("runs are listed oldest first, and garbage in their folder is skipped", () => {
  const dir = temporaryFolder();
  for (const [name, content] of Object.entries({
    late: JSON.stringify({ ...sampleRecord, runId: "late", startedAt: "2026-02-01T00:00:00.000Z" }),
    early: JSON.stringify({ ...sampleRecord, runId: "early" }),
    torn: '{"runId":"to',
    foreign: '{"runId":"x","cookie":"y"}',
    list: "[]",
  })) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, "run.json"), content);
  }
  mkdirSync(join(dir, "apps"));
  writeFileSync(join(dir, "a-file"), "");
  expect(readRuns(dir).map(({ runId }) => runId)).toEqual(["early", "late"]);
  expect(readRun(join(dir, "foreign"))).toBeNull();
  expect(readRuns(join(dir, "a-file"))).toEqual([]);
  expect(readRuns(join(dir, "nowhere"))).toEqual([]);
});

test("what outlives runs is read back; failed reaps are counted, and the pause doubles from a minute to six hours", () => {
  const dir = temporaryFolder();
  const domain = "note-0a1b2c.ci.example.com" as Domain;
  expect(readAppRecord(dir, domain)).toEqual(blankAppRecord);
  const now = new Date("2026-01-01T00:00:00.000Z");
  let record = blankAppRecord;
  const pauses: number[] = [];
  for (let failure = 1; failure <= 12; failure += 1) {
    record = afterFailedReap(record, now);
    pauses.push((Date.parse(record.nextTry ?? "") - now.getTime()) / 60_000);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
  writeAppRecord(dir, domain, record);
  expect(readAppRecord(dir, domain)).toEqual(record);
  writeFileSync(join(dir, "apps", `${domain}.json`), '{"last":7}');
  expect(readAppRecord(dir, domain)).toEqual(blankAppRecord);
});
