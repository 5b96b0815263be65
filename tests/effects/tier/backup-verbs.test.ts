import { expect, test } from "vitest";
import type { AbraAnswer } from "../../../src/effects/abra/abra.js";
import { createBackup, hasContent, restoreBackup } from "../../../src/effects/abra/backup-verbs.js";
import type { Engine } from "../../../src/effects/docker/engine.js";
import { readBackupLabels } from "../../../src/effects/tier/backup/backup-labels.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { app } from "../../support/explore/samples.js";

const signal = new AbortController().signal;

/** An Engine whose Swarm has a backup service, or none. */
const engineWith = async (isThere: boolean): Promise<Engine> => {
  const { socket } = await startDaemon((request, answer) => {
    const asksForIt =
      new URL(request.url ?? "", "http://engine").searchParams.get("filters") === '{"label":["coop-cloud.backupbot.enabled"]}';
    answer.end(JSON.stringify(isThere || !asksForIt ? [{ ID: "b", Spec: { Name: "backup_app" } }] : []));
  });
  return engineOn(socket);
};

/** An abra that gives this answer, and the calls that it received. */
const answering = (answer: (args: readonly string[]) => Partial<AbraAnswer>, engine = engineOn("/nonexistent")) => {
  const calls: string[][] = [];
  const abra = async (args: readonly string[]): Promise<AbraAnswer> => {
    calls.push([...args]);
    return { fatal: null, stdout: "", stderr: "", ...answer(args) };
  };
  return { calls, settings: { abra, assertOwnEnv: () => undefined, engine } };
};

test.each([
  ["restic's words", "…\r\nsnapshot 1a2b3c4d saved\r\n", "1a2b3c4d"],
  ["restic's JSON", `{"message_type":"summary","snapshot_id":"${"ab".repeat(32)}"}`, "ab".repeat(32)],
  ["the last of several", "snapshot 1a2b3c4d saved\nsnapshot 5e6f7a8b saved", "5e6f7a8b"],
  ["none that is known", "done", null],
])("the snapshot's name is read from %s", async (_, stdout, name) => {
  expect(await createBackup(answering(() => ({ stdout })).settings, app, signal)).toBe(name);
});

test.each([
  ["paths", "2026-01-01 …\n/var/lib/docker/volumes/x/_data/file\n", true],
  ["paths in a table", "│ /data/file │ 12 │", true],
  ["no path at all", "snapshot 1a2b3c4d of nothing at 2026-01-01\n", false],
])("a listing with %s", async (_, stdout, content) => {
  expect(await hasContent(answering(() => ({ stdout })).settings, app, signal)).toBe(content);
});

test("when abra cannot list a snapshot, nothing is said about its content", async () => {
  expect(await hasContent(answering(() => ({ fatal: "unknown command" })).settings, app, signal)).toBeNull();
});

test("when abra does not know a flag, the call is repeated without it, once for each flag", async () => {
  const { calls, settings } = answering((args) => {
    const unknown = ["--hooks", "--chaos"].find((flag) => args.includes(flag));
    return unknown === undefined
      ? {}
      : { fatal: "exit code 1: see --help", stderr: `Error: unknown flag: ${unknown}\nUsage: …\nsee --help\n` };
  });
  await restoreBackup(settings, app, signal);
  expect(calls.at(-1)).toEqual(["app", "restore", app.domain, "--no-input", "--offline"]);
  expect(calls).toHaveLength(3);
});

test.each([
  ["no backupbot discovered, is it deployed?", "no-backup-service", 69],
  ["write /repository: no space left on device", "host-lacks", 69],
  ["the backupbot.backup.pre-hook of x_db ended with 5", "backup-failed", 1],
])("abra's %j is %s, with exit code %i", async (fatal, code, exitCode) => {
  await expect(createBackup(answering(() => ({ fatal }), await engineWith(false)).settings, app, signal)).rejects.toMatchObject({
    code,
    exitCode,
  });
});

test("when a hook prints abra's message about a missing backup service, the service that is there is not called missing", async () => {
  const { settings } = answering(() => ({ fatal: "no backupbot discovered, is it deployed?" }), await engineWith(true));
  await expect(createBackup(settings, app, signal)).rejects.toMatchObject({ code: "backup-failed", exitCode: 1 });
  await expect(restoreBackup(settings, app, signal)).rejects.toMatchObject({ code: "restore-failed", exitCode: 1 });
});

test("the labels say whether all, some or no paths of a volume are backed up, and no path leads out of the volume", () => {
  const { pathsOf } = readBackupLabels([
    {
      "backupbot.backup": "true",
      "backupbot.backup.volumes.cache": "false",
      "backupbot.backup.volumes.db.path": "dump.sql, /sub/folder/ ,../../etc",
    },
    { "backupbot.backup.volumes.other": "true" },
  ]);
  expect([pathsOf("data"), pathsOf("cache"), pathsOf("db"), pathsOf("other")]).toEqual([["."], [], ["dump.sql", "sub/folder"], ["."]]);
});

test("when a label names a folder twice in different spellings, the folder counts once", () => {
  const { pathsOf } = readBackupLabels([{ "backupbot.backup.volumes.db.path": ".,./,sub,/sub/,x/../sub,." }]);
  expect(pathsOf("db")).toEqual([".", "sub"]);
});
