import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { statusLines } from "../../src/cli/render/status-lines.js";
import { describePhase, summary } from "../../src/cli/render/words.js";
import { otherZones } from "../../src/effects/status/other-zones.js";
import { asFailure } from "../../src/machines/errors.js";
import type { RunOutput } from "../../src/machines/run/run.types.js";
import { temporaryFolder } from "../support/processes.js";
import { sampleRecord } from "../support/run-record.js";

const failure = asFailure({ code: "hook-failed", message: "the hook pre_upgrade failed: exit code 3", hint: "look", details: [] });

const endOf = (output: RunOutput): string => {
  const lines = summary(output, sampleRecord, "/runs/1", "run.svg");
  return lines.find((line) => line.startsWith(sampleRecord.recipe)) ?? "";
};

test.each<readonly [string, RunOutput]>([
  ["passed, exit code 0", { verdict: { kind: "passed" }, cleanliness: { kind: "clean" }, exitCode: 0 }],
  ["failed (hook-failed), exit code 1", { verdict: { kind: "failed", failure }, cleanliness: { kind: "clean" }, exitCode: 1 }],
  [
    "passed, but not clean, exit code 3",
    { verdict: { kind: "passed" }, cleanliness: { kind: "dirty", residue: [{ kind: "volume", name: "v" }] }, exitCode: 3 },
  ],
  ["stopped (TERM), exit code 143", { verdict: { kind: "stopped", cause: "TERM" }, cleanliness: { kind: "clean" }, exitCode: 143 }],
])("the last line of a run ends with its verdict and exit code: %s", (words, output) => {
  expect(endOf(output)).toMatch(new RegExp(`: ${words.replaceAll(/[()]/g, String.raw`\$&`)}$`));
});

const saw = { zone: "ci.test", others: [], warned: false };

test("when an app leaked, status says which command removes it; when none did, it says nothing of that", () => {
  const app = { domain: "note-0a1b2c.ci.test", holder: null, waiters: [], last: null };
  expect(statusLines([{ ...app, state: "free" }], saw)).toEqual(["note-0a1b2c.ci.test  free"]);
  expect(statusLines([{ ...app, state: "orphan" }], saw)).toEqual([
    "note-0a1b2c.ci.test  orphan",
    expect.stringMatching(/^next: .*recipe-ci janitor --dry-run/),
  ]);
});

test("when status finds no app in the zone, it names the other zones that left traces", () => {
  const root = temporaryFolder();
  const [lockDir, runsDir] = [join(root, "locks"), join(root, "runs")];
  mkdirSync(lockDir);
  mkdirSync(join(runsDir, "apps"), { recursive: true });
  for (const app of ["note-0a1b2c.ci.test", "note-0a1b2c.here.test", "warm-0a1b2c.kept.test", "keycloak.other.test"])
    writeFileSync(join(lockDir, `cc-ci-app-${app}.lock`), "");
  writeFileSync(join(runsDir, "apps", "wiki-0a1b2d.old.test.ledger"), "");
  const others = otherZones({ lockDir, runsDir, zone: "here.test" });
  expect(statusLines([], { ...saw, zone: "here.test", others })).toEqual([
    "no run app of here.test is on this host; there are traces of ci.test, old.test: name yours by --zone or CCCI_ZONE",
  ]);
  expect(statusLines([], { ...saw, zone: "here.test" })).toEqual(["no run app of here.test is on this host"]);
});

test.each([
  ["holding.running.test.upgrade", "operating", "test (upgrade): operating"],
  ["holding.running.test.lastLook", null, "test: a last look at the stack"],
  ["holding.running.picturing", null, "test: a picture of the first page"],
  ["holding.running.test.choosing", null, "test"],
])("the phase of %s is described with the step that goes on in it", (leaf, step, words) => {
  expect(describePhase("test", step, leaf)).toBe(words);
});

test("when a place could not be looked at, status does not claim that no app is on the host", () => {
  expect(statusLines([], { ...saw, warned: true })).toEqual(["no run app of ci.test was found by what could be looked at"]);
});
