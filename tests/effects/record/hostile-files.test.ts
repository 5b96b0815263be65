import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { followFile } from "../../../src/cli/inspect/follow-file.js";
import { parseCard } from "../../../src/effects/lock/card.js";
import { HeldLocks } from "../../../src/effects/lock/held-locks.js";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { probeLock } from "../../../src/effects/lock/probe-lock.js";
import { afterFailedReap, blankAppRecord, isPostponed, readAppRecord, writeAppRecord } from "../../../src/effects/record/app-record.js";
import { readRun, readRuns } from "../../../src/effects/record/read-runs.js";
import type { Domain } from "../../../src/machines/vocabulary.js";
import { must } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";
import { sampleRecord } from "../../support/run-record.js";
import { Sandbox } from "../../support/sandbox-run.js";

const domain = "echo-123456.sandbox.localhost" as Domain;

/** What may lie where a file of ours is expected. */
const oddities: readonly (readonly [string, (path: string) => void])[] = [
  ["a FIFO", (path) => void must("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a symlink to an endless device", (path) => symlinkSync("/dev/zero", path)],
  ["a symlink to a FIFO", (path) => (must("mkfifo", [`${path}.pipe`]), symlinkSync(`${path}.pipe`, path))],
  ["a file of a terabyte", (path) => (writeFileSync(path, ""), truncateSync(path, 2 ** 40))],
  ["half a record", (path) => writeFileSync(path, '{"runId":')],
  ["200,000 brackets", (path) => writeFileSync(path, "[".repeat(200_000))],
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recipe-ci-odd-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.each(oddities)("%s hinders nobody who looks for", (_, make) => {
  const put = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    make(path);
  };

  test("a run's record", () => {
    put(join(root, "1", "run.json"));
    expect(readRun(join(root, "1"))).toBeNull();
    expect(readRuns(root)).toEqual([]);
  });

  test("an app's record", () => {
    put(join(root, "apps", `${domain}.json`));
    expect(readAppRecord(root, domain)).toEqual(blankAppRecord);
  });

  test("the events of a run", () => {
    const file = join(root, "events.jsonl");
    put(file);
    const lines: string[] = [];
    const following = followFile({ file, onLine: (line) => lines.push(line) });
    following.close();
    expect(lines).toEqual([]);
  });

  test("a lock's card", () => {
    put(lockPath(root, domain));
    const held = new HeldLocks();
    const probe = probeLock(root, domain, held, false);
    held.releaseAll();
    expect(["unusable", "ours"]).toContain(probe.kind);
    if (probe.kind === "ours") expect(probe.card).toBeNull();
  });
});

test.each([
  { recipe: 5 },
  { link: {} },
  { residue: "x" },
  { residue: [null] },
  { exitCode: "0" },
  { verdict: 7 },
  { phases: [{ name: "deploy", startedAt: 5 }] },
  { deadline: [] },
  { unasked: [{}] },
  { domain: ["x"] },
])("a record with a field of another kind is none, and the others are read: %j", (changes) => {
  const root = temporaryFolder();
  for (const [runId, more] of [
    ["good", {}],
    ["odd", changes],
  ] as const) {
    mkdirSync(join(root, runId));
    writeFileSync(join(root, runId, "run.json"), JSON.stringify({ ...sampleRecord, runId, ...more }));
  }
  expect(readRuns(root).map(({ runId }) => runId)).toEqual(["good"]);
});

test("status, janitor and inspect end in their time where FIFOs lie in the place of every file they read", async () => {
  const sandbox = new Sandbox();
  try {
    const runs = join(sandbox.root, "runs");
    mkdirSync(join(runs, "1"), { recursive: true });
    mkdirSync(join(runs, "apps"));
    mkdirSync(join(sandbox.root, "locks"));
    mkdirSync(join(sandbox.root, "abra", "servers", "default"), { recursive: true });
    writeFileSync(join(sandbox.root, "abra", "servers", "default", `${domain}.env`), "TYPE=echo\n");
    for (const path of [
      join(runs, "1", "run.json"),
      join(runs, "1", "events.jsonl"),
      join(runs, "apps", `${domain}.json`),
      join(sandbox.root, "locks", `cc-ci-app-${domain}.lock`),
    ])
      must("mkfifo", [path]);
    for (const [args, codes] of [
      [["status", "--sandbox", "--json"], [0]],
      [
        ["janitor", "--sandbox"],
        [0, 3],
      ],
      [["inspect", "--sandbox"], [0]],
      [
        ["inspect", "1", "--verify", "--sandbox"],
        [1, 2],
      ],
    ] as const) {
      const { code, stdout, stderr } = await sandbox.run(args);
      expect(codes, `${args.join(" ")}: ${stdout}${stderr}`).toContain(code);
    }
  } finally {
    await sandbox.close();
  }
}, 60_000);

test("a card's words are plain and short, and its pid is one, or they are not believed", () => {
  const card = parseCard(
    JSON.stringify({ runId: "42\u001b[2J", pid: -1, runDir: `/${"x".repeat(5_000)}`, link: "https://ci/1", since: 7 }),
  );
  expect(card).toEqual({ runId: null, pid: null, runDir: null, link: "https://ci/1", since: null });
  for (const text of ["[]", "null", "7", '"x"', "{", "\0"]) expect(() => parseCard(text)).not.toThrow();
});

describe("the time of the next reap", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  const at = (nextTry: string) => isPostponed({ ...blankAppRecord, nextTry }, now);

  test("is believed up to the longest pause that is ever made", () => {
    expect(at("2026-11-25T12:01:00Z")).toBe(true);
    expect(at("2026-11-25T18:00:00Z")).toBe(true);
    expect(at("2026-11-25T11:59:00Z")).toBe(false);
    const many = Array.from({ length: 100 }).reduce<typeof blankAppRecord>(
      (record) => afterFailedReap(record, new Date(now)),
      blankAppRecord,
    );
    expect(isPostponed(many, now)).toBe(true);
  });

  test.each(["9999-12-31T23:59:59Z", "2026-11-25T18:00:01Z", "+275760-09-13T00:00:00.000Z", "soon", ""])("%j is not", (nextTry) => {
    expect(at(nextTry)).toBe(false);
  });

  test("is ours where the record is: a count that is none makes the whole record void", () => {
    mkdirSync(join(root, "apps"));
    for (const failedReaps of [-1, 1.5, 1e300]) {
      writeAppRecord(root, domain, { ...blankAppRecord, failedReaps });
      expect(readAppRecord(root, domain)).toEqual(blankAppRecord);
    }
    expect(existsSync(join(root, "apps", `${domain}.json`))).toBe(true);
  });
});

test("an events file without line ends is not gathered in memory, and what follows its end is read", () => {
  const file = join(root, "events.jsonl");
  writeFileSync(file, "");
  truncateSync(file, 40 * 1024 * 1024);
  writeFileSync(file, "\nafter\n", { flag: "a" });
  const lines: string[] = [];
  const following = followFile({ file, onLine: (line) => lines.push(line) });
  following.close();
  expect(lines).toEqual(["after"]);
});
