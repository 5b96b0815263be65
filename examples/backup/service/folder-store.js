"use strict";
// Snapshots as plain copies below SNAPSHOTS_DIR: for the sandbox, which asks for no more programs than it must.
const { randomBytes } = require("node:crypto");
const { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = process.env.SNAPSHOTS_DIR;

const copy = (from, to) => cpSync(from, to, { recursive: true, force: true, preserveTimestamps: true, verbatimSymlinks: true });

const readSnapshot = (id) => JSON.parse(readFileSync(join(root, id, "snapshot.json"), "utf8"));

const filesBelow = (folder, path) =>
  statSync(folder).isDirectory() ? readdirSync(folder).flatMap((name) => filesBelow(join(folder, name), join(path, name))) : [path];

const all = () => (existsSync(root) ? readdirSync(root).filter((name) => !name.startsWith(".")).map(readSnapshot) : []);

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
  snapshots: (tag) => all().filter((one) => one.tag === tag).toSorted((one, other) => one.time.localeCompare(other.time)).map(({ id, time }) => ({ id, time })),
  files: (id) => readSnapshot(id).paths.flatMap((path, index) => filesBelow(join(root, id, String(index)), path)),
  restore: (id) => {
    for (const [index, path] of readSnapshot(id).paths.entries()) copy(join(root, id, String(index)), path);
  },
  forget: (isGone) => {
    for (const { id, tag } of all()) if (isGone(tag)) rmSync(join(root, id), { recursive: true, force: true });
  },
};
