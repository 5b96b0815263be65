import { mkdirSync, readdirSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { killRunInTest } from "../support/killed-run.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import { bedForEach, orphan, outcomes } from "./janitor-bed.js";

const bed = bedForEach();

/** Identifies a file by its time of birth: a new file may get the inode number of one just removed. */
const born = (file: string): bigint => statSync(file, { bigint: true }).birthtimeNs;

test("without any lock file, as after a reboot, an app is reaped at once, whatever its age", async () => {
  bed().leaveEnv(orphan);
  expect(outcomes(await bed().janitor())).toEqual([`${orphan} reaped`]);
  expect(bed().sandbox.leftovers()).toEqual([]);
});

test("an app with a run app's name but without a run's sign is listed, and is reaped only if the operator names it", async () => {
  bed().leaveEnv(orphan, "");
  const other = "echo-00000b.sandbox.localhost";
  bed().leaveEnv(other);
  const { reaps, code } = await bed().janitor();
  expect(reaps.map(({ candidate, outcome }) => [candidate.domain, outcome.kind]).sort()).toEqual([
    [orphan, "unclaimed"],
    [other, "reaped"],
  ]);
  expect(code).toBe(0);
  expect(readdirSync(bed().locks)).toEqual([]);
  expect(outcomes(await bed().janitor("--adopt", other))).toEqual([]);
  expect(outcomes(await bed().janitor("--adopt", orphan, "--dry-run"))).toEqual([`${orphan} would-reap`]);
  expect(bed().sandbox.leftovers()).toEqual([`${orphan}.env`]);
  expect(outcomes(await bed().janitor("--adopt", orphan))).toEqual([`${orphan} reaped`]);
  expect(bed().sandbox.leftovers()).toEqual([]);
});

test("an app whose name no run would choose cannot be adopted: exit code 2", async () => {
  for (const name of ["warm-echo.sandbox.localhost", "echo-00000a.other.zone", "-x"]) {
    const { code, stderr } = await bed().sandbox.run(["janitor", "--sandbox", `--adopt=${name}`]);
    expect(stderr).toContain("is not a name that a run gives");
    expect(code).toBe(2);
  }
});

test("a new run of an app that is being reaped waits for the reap, then has a fresh lock file", async () => {
  const domain = await killRunInTest(bed().sandbox, "echo");
  const before = born(bed().lockOf(domain));
  bed().faults({ when: "abra app undeploy", nth: 1, do: "slow:10000" });
  const reaping = bed().sandbox.start(["janitor", "--sandbox"], {});
  await until("the janitor has the lock", () => isHeld(bed().lockOf(domain)));
  const next = bed().sandbox.start(["run", "echo", "--sandbox", "--run-id", "next"], {}, "next");
  await next.says("waiting for");
  expect((await reaping.ended).code).toBe(0);
  await next.reaches("holding.running");
  expect(born(bed().lockOf(domain))).not.toBe(before);
  expect((await next.ended).code).toBe(0);
});

test("apps whose names have another form are never candidates, and no lock file is made for them", async () => {
  for (const name of [
    "warm-echo.sandbox.localhost",
    "traefik.sandbox.localhost",
    "echo-00000a.other.zone",
    "abcd-123456x.sandbox.localhost",
    "abcde-123456.sandbox.localhost",
    "warm-123456.sandbox.localhost",
  ])
    bed().leaveEnv(name);
  const before = bed().sandbox.leftovers();
  expect(outcomes(await bed().janitor())).toEqual([]);
  expect(readdirSync(bed().locks)).toEqual([]);
  expect(bed().sandbox.leftovers()).toEqual(before);
});

test("a folder in the place of a lock file is reported, and keeps only its own app from being reaped", async () => {
  const other = "echo-00000b.sandbox.localhost";
  bed().leaveEnv(orphan);
  bed().leaveEnv(other);
  mkdirSync(bed().lockOf(orphan), { recursive: true });
  const { reaps, code } = await bed().janitor();
  expect(reaps.find(({ candidate }) => candidate.domain === orphan)?.outcome).toMatchObject({ kind: "kept", held: false });
  expect(reaps.find(({ candidate }) => candidate.domain === other)?.outcome.kind).toBe("reaped");
  expect(code).toBe(3);
});

test("a failed reap is counted, reported with its residue and postponed, and the janitor exits with 3", async () => {
  const domain = await killRunInTest(bed().sandbox, "echo");
  bed().faults({ when: "docker config", do: "garbage" }, { when: "abra app ls", do: "slow:1" });
  const blind = await bed().sandbox.run(["janitor", "--sandbox"]);
  expect(blind.code).toBe(69);
  expect(bed().sandbox.leftovers()).not.toEqual([]);
  bed().faults();
  expect(outcomes(await bed().janitor())).toEqual([`${domain} reaped`]);
});
