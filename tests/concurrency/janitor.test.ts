import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JanitorOutput } from "../../src/machines/janitor/janitor.types.js";
import { killRunInTest } from "../support/killed-run.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { startProcess } from "../support/children.js";
import { sendSignal } from "../support/signal.js";

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const locks = (): string => join(sandbox.root, "locks");
const servers = (): string => join(sandbox.root, "abra", "servers", "default");
const lockOf = (domain: string): string => join(locks(), `cc-ci-app-${domain}.lock`);

/** An app of which nothing but the .env of a run is left: the cheapest orphan there is. */
const leaveEnv = (domain: string, sign = "# recipe-ci run 41\n"): void => {
  mkdirSync(servers(), { recursive: true });
  writeFileSync(join(servers(), `${domain}.env`), `${sign}TYPE=echo\nDOMAIN=x\n`);
};

const janitor = async (...more: readonly string[]): Promise<JanitorOutput & { readonly code: number | null }> => {
  const { code, stdout } = await sandbox.run(["janitor", "--sandbox", "--json", ...more]);
  return { ...(JSON.parse(stdout) as JanitorOutput), code };
};

/** The inode's number may come again at once; the moment of its birth does not. */
const born = (file: string): bigint => statSync(file, { bigint: true }).birthtimeNs;

const orphan = "echo-00000a.sandbox.localhost";

const faults = (...list: readonly object[]): void => writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(list));

const outcomes = ({ reaps }: JanitorOutput): readonly string[] => reaps.map(({ candidate, outcome }) => `${candidate.domain} ${outcome.kind}`);

test("an orphan is reaped, once, and its lock file unlinked", async () => {
  leaveEnv(orphan);
  mkdirSync(locks());
  writeFileSync(lockOf(orphan), "");
  const first = await janitor();
  expect(outcomes(first)).toEqual([`${orphan} reaped`]);
  expect(existsSync(lockOf(orphan))).toBe(false);
  expect(first.code).toBe(0);
  expect(outcomes(await janitor())).toEqual([]);
});

test("without any lock file, as after a reboot, an app is reaped at once, whatever its age", async () => {
  leaveEnv(orphan);
  expect(outcomes(await janitor())).toEqual([`${orphan} reaped`]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a dry run says the same, removes nothing, makes no lock file, and ends with 3", async () => {
  leaveEnv(orphan);
  const dry = await janitor("--dry-run");
  expect(outcomes(dry)).toEqual([`${orphan} would-reap`]);
  expect(dry.code).toBe(3);
  expect(readdirSync(locks())).toEqual([]);
  expect(sandbox.leftovers()).toEqual([`${orphan}.env`]);
});

test("an app of the form that no run has made is shown, and goes only when the operator names it", async () => {
  leaveEnv(orphan, "");
  const other = "echo-00000b.sandbox.localhost";
  leaveEnv(other);
  const { reaps, code } = await janitor();
  expect(reaps.map(({ candidate, outcome }) => [candidate.domain, outcome.kind]).sort()).toEqual([[orphan, "unclaimed"], [other, "reaped"]]);
  expect(code).toBe(0);
  expect(readdirSync(locks())).toEqual([]);
  expect(outcomes(await janitor("--adopt", other))).toEqual([]);
  expect(outcomes(await janitor("--adopt", orphan, "--dry-run"))).toEqual([`${orphan} would-reap`]);
  expect(sandbox.leftovers()).toEqual([`${orphan}.env`]);
  expect(outcomes(await janitor("--adopt", orphan))).toEqual([`${orphan} reaped`]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("what a run would never be called cannot be adopted: exit code 2", async () => {
  for (const name of ["warm-echo.sandbox.localhost", "echo-00000a.other.zone", "-x"]) {
    const { code, stderr } = await sandbox.run(["janitor", "--sandbox", `--adopt=${name}`]);
    expect(stderr).toContain("is not a name that a run gives");
    expect(code).toBe(2);
  }
});

test("two janitors at once reap an orphan once", async () => {
  leaveEnv(orphan);
  faults({ when: "docker info", do: "slow:1" });
  const both = await Promise.all([janitor(), janitor()]);
  const kinds = both.flatMap(outcomes).filter((line) => line.endsWith(" reaped"));
  expect(kinds).toEqual([`${orphan} reaped`]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a new run of an app that is being reaped waits for the reap, then has a fresh lock file", async () => {
  const domain = await killRunInTest(sandbox, "echo");
  const before = born(lockOf(domain));
  faults({ when: "abra app undeploy", nth: 1, do: "slow:2500" });
  const reaping = sandbox.start(["janitor", "--sandbox"], {});
  await until("the janitor has the lock", () => isHeld(lockOf(domain)));
  const next = sandbox.start(["run", "echo", "--sandbox", "--run-id", "next"], {}, "next");
  await next.says("waiting for");
  expect((await reaping.ended).code).toBe(0);
  await next.reaches("holding.running");
  expect(born(lockOf(domain))).not.toBe(before);
  expect((await next.ended).code).toBe(0);
});

test("a lock held for more than two hours is flagged and never stolen", async () => {
  leaveEnv(orphan);
  mkdirSync(locks());
  const holder = startProcess("flock", ["--exclusive", lockOf(orphan), "sleep", "60"]);
  try {
    await until("the lock is held", () => isHeld(lockOf(orphan)));
    const old = new Date(Date.now() - 121 * 60_000);
    utimesSync(lockOf(orphan), old, old);
    const { reaps, code } = await janitor();
    expect(reaps[0]?.outcome).toMatchObject({ kind: "kept", held: true, warning: "possible leaked run: held for 121 minutes" });
    expect(code).toBe(0);
    expect(sandbox.leftovers()).toEqual([`${orphan}.env`]);
  } finally {
    sendSignal(-holder.pid, "SIGKILL");
  }
});

test("names of any other form are never candidates, and no lock file is made for them", async () => {
  for (const name of ["warm-echo.sandbox.localhost", "traefik.sandbox.localhost", "echo-00000a.other.zone", "abcd-123456x.sandbox.localhost", "abcde-123456.sandbox.localhost", "warm-123456.sandbox.localhost"]) leaveEnv(name);
  const before = sandbox.leftovers();
  expect(outcomes(await janitor())).toEqual([]);
  expect(readdirSync(locks())).toEqual([]);
  expect(sandbox.leftovers()).toEqual(before);
});

test("a folder in the place of a lock file keeps only its own app from being reaped, and is said", async () => {
  const other = "echo-00000b.sandbox.localhost";
  leaveEnv(orphan);
  leaveEnv(other);
  mkdirSync(lockOf(orphan), { recursive: true });
  const { reaps, code } = await janitor();
  expect(reaps.find(({ candidate }) => candidate.domain === orphan)?.outcome).toMatchObject({ kind: "kept", held: false });
  expect(reaps.find(({ candidate }) => candidate.domain === other)?.outcome.kind).toBe("reaped");
  expect(code).toBe(3);
});

test("a missing lock folder is a clear error with exit code 2", async () => {
  const { code, stderr } = await sandbox.run(["janitor", "--zone", "x.test"], { CCCI_APP_LOCK_DIR: join(sandbox.root, "nowhere"), CCCI_RUNS_DIR: join(sandbox.root, "runs") });
  expect(stderr).toContain("lock folder");
  expect(code).toBe(2);
});

test("a stale lock file, of no app and held by nobody, is swept; one that is held is left", async () => {
  mkdirSync(locks());
  writeFileSync(lockOf(orphan), "");
  const heldOne = lockOf("echo-00000b.sandbox.localhost");
  const holder = startProcess("flock", ["--exclusive", heldOne, "sleep", "60"]);
  try {
    await until("the lock is held", () => isHeld(heldOne));
    const { swept, code } = await janitor();
    expect(swept).toEqual([orphan]);
    expect(existsSync(lockOf(orphan))).toBe(false);
    expect(existsSync(heldOne)).toBe(true);
    expect(code).toBe(0);
  } finally {
    sendSignal(-holder.pid, "SIGKILL");
  }
});

test("a reap that fails is counted, named with its residue, postponed, and ends with 3", async () => {
  const domain = await killRunInTest(sandbox, "echo");
  faults({ when: "docker config", do: "garbage" }, { when: "abra app ls", do: "slow:1" });
  const blind = await sandbox.run(["janitor", "--sandbox"]);
  expect(blind.code).toBe(69);
  expect(sandbox.leftovers()).not.toEqual([]);
  faults();
  expect(outcomes(await janitor())).toEqual([`${domain} reaped`]);
});
