"use strict";
// Starts the bundle with V8's code cache: compiling it anew costs a fifth of a bare node's start-up.
// The cache names the bundle it was made from, since V8 itself compares lengths only. Without one that fits, or
// where V8 refuses it (another version of node), the start is slower and nothing else.
const version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write("recipe-ci: node " + process.versions.node + " is too old. Install Node 20.19 or newer.\n");
  process.exit(69);
}

const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const vm = require("node:vm");

const file = __dirname + "/recipe-ci.cjs";
const cacheFile = __dirname + "/recipe-ci.cache";
const hashChars = 32;

// One function of what a CommonJS module is given, so that no copy of a megabyte is made here; its last line is its hash.
// The build escapes everything beyond ASCII, so the quickest decoding is right.
const source = readFileSync(file, "latin1");
const hash = source.slice(-hashChars - 1, -1);

const cacheOfThis = () => {
  try {
    const cache = readFileSync(cacheFile);
    return cache.latin1Slice(0, hashChars) === hash ? cache.subarray(hashChars) : undefined;
  } catch {
    return undefined; // None yet: the build's own first run.
  }
};

const script = new vm.Script(source, {
  filename: file,
  cachedData: cacheOfThis(),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});

// The build's own run: what this run has compiled by its end is what every start gets.
if (process.env.RECIPE_CI_MAKE_CACHE === hash) {
  process.on("exit", () => {
    const beside = `${cacheFile}.${process.pid}.tmp`;
    writeFileSync(beside, Buffer.concat([Buffer.from(hash, "latin1"), script.createCachedData()]));
    renameSync(beside, cacheFile);
  });
}

const loaded = { exports: {} };
script.runInThisContext()(loaded.exports, createRequire(file), loaded, file, __dirname);
