import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "../../support/sandbox-run.js";
import { onDisk, withDisk } from "./small-disk.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const pageBytes = 4_096;
const runs = (): string => join(sandbox.root, "runs");
/** The page that a file ends in has room on a full disk too: for none, one or all of the lines until the next act. */
const fillLastPage = (file: string): void => {
  const used = statSync(file).size % pageBytes;
  if (used > 0) appendFileSync(file, "\n".padStart(pageBytes - used));
};
const slow = (when: string): void => writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify([{ when, do: "slow:2500" }]));
const args = ["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r"] as const;

describe("a disk that has no room", () => {
  const test = onDisk;
  test("and fills up before an act keeps the run from that act: 69, said, torn down, and no half file", async () => {
    slow("abra app new");
    await withDisk(runs(), "12m", async (disk) => {
      const started = sandbox.start(args, {}, "r");
      await started.reaches("holding.running.deploy");
      // Again and again: a file that goes, such as one beside its place, is room for the record.
      const filling = setInterval(() => {
        disk.fill();
        fillLastPage(join(runs(), "r", "events.jsonl"));
      }, 10);
      const { code, stdout } = await started.ended.finally(() => clearInterval(filling));
      expect(stdout).toMatch(/could not be written: ENOSPC/);
      // Whoever meets it first: the ledger before abra's first verb, git or a write in the run's own folder, or the look before the next
      // verb of abra.
      expect(stdout).toMatch(
        /\n(?:ledger-unwritable: |cannot-write: .*ENOSPC|no-space: (?:git |the run's record could not be written, so nothing more is begun))/,
      );
      expect(stdout).not.toContain("passed");
      expect(code).toBe(69);
      expect(sandbox.leftovers()).toEqual([]);
      for (const name of readdirSync(join(runs(), "r"))) {
        const file = join(runs(), "r", name);
        if (!statSync(file).isFile()) continue;
        const content = readFileSync(file, "utf8");
        if (name.endsWith(".json")) expect(() => JSON.parse(content) as unknown, name).not.toThrow();
        if (name.endsWith(".jsonl") || name === "run.log") expect(content === "" || content.endsWith("\n"), name).toBe(true);
        if (name.endsWith(".html")) expect(content.trimEnd(), name).toMatch(/<\/html>$/);
        expect(name).not.toMatch(/\.tmp$/);
      }
    });
  });
});

describe("a disk that fills up behind the last act of a run", () => {
  const test = onDisk;
  test("does not make a run that passed look like a killed one: its record and its ledger are closed, and nothing is left to reap", async () => {
    slow("abra app undeploy");
    await withDisk(runs(), "12m", async (disk) => {
      // The clone stays, and gives no room.
      const started = sandbox.start([...args, "--keep"], {}, "r");
      await started.reaches("holding.tearingDown");
      disk.fill();
      const { code, stdout } = await started.ended;
      expect(stdout).toMatch(/report.html could not be written: ENOSPC/);
      expect(code).toBe(0);
      expect(started.record()).toMatchObject({ verdict: "passed", cleanliness: "clean", exitCode: 0 });
      expect(JSON.parse(readFileSync(join(runs(), "r", "ledger.json"), "utf8"))).toMatchObject({ closedAt: expect.any(String) as unknown });
      expect(readdirSync(join(runs(), "apps"))).toEqual([expect.stringMatching(/\.json$/)]);
    });
  });
});

test("with --keep the clone stays", async () => {
  await sandbox.run([...args, "--keep"]);
  expect(existsSync(join(runs(), "r", "abra", "recipes", "echo", "compose.yml"))).toBe(true);
});
