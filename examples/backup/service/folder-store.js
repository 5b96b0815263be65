"use strict";
// Snapshots as plain copies below SNAPSHOTS_DIR: for the sandbox, which asks for no more programs than it must.
const { randomBytes } = require("node:crypto");
const { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = process.env.SNAPSHOTS_DIR;

const copy = (from, to) => cpSync(from, to, { recursive: true, force: true, preserveTimestamps: true, verbatimSymlinks: true });

const readSnapshot = (id) => JSON.parse(readFileSync(join(root, id, "snapshot.json"), "utf8"));

/** The folder or file and all that is below it, links unfollowed. */
const nodesBelow = (file, path) => {
  const stat = lstatSync(file);
  const below = stat.isDirectory() ? readdirSync(file).flatMap((name) => nodesBelow(join(file, name), join(path, name))) : [];
  return [{ path, isFile: stat.isFile() }, ...below];
};

const nodesOf = (id) => readSnapshot(id).paths.flatMap((path, index) => nodesBelow(join(root, id, String(index)), path));

const all = () =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => !name.startsWith("."))
        .map(readSnapshot)
    : [];

module.exports = {
  save: (tag, paths) => {
    const id = randomBytes(4).toString("hex");
    const beside = join(root, `.${id}`);
    mkdirSync(beside, { recursive: true });
    for (const [index, path] of paths.entries()) copy(path, join(beside, String(index)));
    writeFileSync(join(beside, "snapshot.json"), JSON.stringify({ id, tag, time: new Date().toISOString(), paths }));
    renameSync(beside, join(root, id));
    return id;
  },
  snapshots: (tag) =>
    all()
      .filter((one) => one.tag === tag)
      .toSorted((one, other) => one.time.localeCompare(other.time))
      .map(({ id, time }) => ({ id, time })),
  files: (id) => nodesOf(id).flatMap(({ path, isFile }) => (isFile ? [path] : [])),
  paths: (id) => nodesOf(id).map(({ path }) => path),
  restore: (id) => {
    for (const [index, path] of readSnapshot(id).paths.entries()) copy(join(root, id, String(index)), path);
  },
  forget: (isGone) => {
    for (const { id, tag } of all()) if (isGone(tag)) rmSync(join(root, id), { recursive: true, force: true });
  },
};
