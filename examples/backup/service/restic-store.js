"use strict";
// Snapshots in a restic repository: the folder RESTIC_REPOSITORY, which need not be there, and RESTIC_PASSWORD.
const { spawnSync } = require("node:child_process");
const { randomBytes } = require("node:crypto");
const { existsSync, renameSync, rmSync } = require("node:fs");

// Another app's backup has the repository for a moment, and what forgets snapshots wants it alone. restic 0.14, Debian's, does not wait.
const lockedMs = 120_000;
const pauseMs = 250;

const pause = (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const once = (args) => {
  const { status, stdout, stderr, error } = spawnSync("restic", ["--no-cache", "--quiet", ...args], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { status, stdout, why: stderr.trim() };
};

/** Waits where somebody else has the repository. The lock of a restic that was killed goes: `unlock` removes those alone. */
const restic = (...args) => {
  for (const end = Date.now() + lockedMs; ;) {
    const { status, stdout, why } = once(args);
    if (status === 0) return stdout;
    if (!/already locked/.test(why) || Date.now() > end) throw new Error(`restic: ${why.split("\n").at(-1)}`);
    once(["unlock"]);
    pause(pauseMs);
  }
};

const lines = (text) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

const nodesOf = (id) => lines(restic("ls", "--json", id)).filter(({ struct_type: kind }) => kind === "node");

/**
 * Makes the repository, a folder, if it is not there. Two `restic init` at once damage it for ever, so that each first backup
 * makes one beside it, and whichever comes first puts its own in place.
 */
const ensureRepository = () => {
  const found = once(["--no-lock", "cat", "config"]);
  if (found.status === 0) return;
  const place = process.env.RESTIC_REPOSITORY;
  if (existsSync(place)) throw new Error(`restic: ${found.why}`);
  const beside = `${place}.${randomBytes(4).toString("hex")}`;
  const { status, why } = once(["--repo", beside, "init"]);
  if (status !== 0) throw new Error(`restic: ${why}`);
  try {
    renameSync(beside, place);
  } catch {
    rmSync(beside, { recursive: true });
    restic("--no-lock", "cat", "config");
  }
};

module.exports = {
  save: (tag, paths) => {
    ensureRepository();
    const told = lines(restic("backup", "--json", "--host", "backup", "--tag", tag, ...paths));
    return told.at(-1).snapshot_id.slice(0, 8);
  },
  snapshots: (tag) => {
    ensureRepository();
    return (JSON.parse(restic("snapshots", "--json", "--tag", tag)) ?? []).map(({ short_id: id, time }) => ({ id, time }));
  },
  files: (id) => nodesOf(id).flatMap(({ type, path }) => (type === "file" ? [path] : [])),
  paths: (id) => nodesOf(id).map(({ path }) => path),
  restore: (id) => void restic("restore", id, "--target", "/"),
  forget: (isGone) => {
    ensureRepository();
    const gone = (JSON.parse(restic("snapshots", "--json")) ?? [])
      .filter(({ tags }) => (tags ?? []).every(isGone))
      .map(({ short_id: id }) => id);
    if (gone.length > 0) restic("forget", "--prune", ...gone);
  },
};
