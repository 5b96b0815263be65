"use strict";
// Snapshots in a restic repository: RESTIC_REPOSITORY and RESTIC_PASSWORD, or whatever else restic takes.
const { spawnSync } = require("node:child_process");

const restic = (...args) => {
  const { status, stdout, stderr, error } = spawnSync("restic", ["--no-cache", "--quiet", ...args], { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`restic: ${stderr.trim().split("\n").at(-1)}`);
  return stdout;
};

const lines = (text) => text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

const ensureRepository = () => {
  try {
    restic("cat", "config");
  } catch {
    restic("init");
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
  files: (id) => lines(restic("ls", "--json", id)).flatMap(({ struct_type: kind, type, path }) => (kind === "node" && type === "file" ? [path] : [])),
  restore: (id) => void restic("restore", id, "--target", "/"),
  forget: (isGone) => {
    ensureRepository();
    const gone = (JSON.parse(restic("snapshots", "--json")) ?? []).filter(({ tags }) => (tags ?? []).every(isGone)).map(({ short_id: id }) => id);
    if (gone.length > 0) restic("forget", "--prune", ...gone);
  },
};
