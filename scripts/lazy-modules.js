/**
 * An esbuild plugin for a quick start: modules that a start does not need are evaluated when one of their exports is
 * first touched. In a bundle of this kind every import is otherwise evaluated before the first line of ours.
 */

/** What execa has for its messages on a terminal and for talking with children that run node: not used here. */
const ofExeca = ["node:v8", "figures", "yoctocolors", "pretty-ms", "human-signals"];

/** Used late, or not in every run. Measured with `npm run bench`: each of these costs a start between 0.5 and 8 ms. */
const lazy = [
  "node:crypto",
  "node:net",
  "node:http",
  "node:https",
  "node:tls",
  "node:timers/promises",
  "node:fs/promises",
  "node:readline",
  "node:worker_threads",
  "execa",
  "yaml",
  "fastest-levenshtein",
  ...ofExeca,
];

/** pino's way to log from another thread: not used (it hangs the exit, and would need files beside the bundle). */
const absent = {
  "thread-stream": "module.exports = class { constructor() { throw new Error('log transports are not bundled'); } };",
  worker_threads: "exports.isMainThread = true;",
};

/** What sonic-boom asserts when it closes a file. */
const assertLate = "module.exports = (...args) => require('node:assert')(...args);";

const quoted = (name) => new RegExp(`^(?:${name.join("|")})$`);

/** esbuild gives each file that imports it an object with this one as its prototype: without the trap it would copy every export. */
const contentsOf = (name) => `let loaded;
module.exports = new Proxy({}, {
  get: (_, key) => (loaded ??= require(${JSON.stringify(name)}))[key],
  getPrototypeOf: () => module.exports,
});`;

export const lazyModules = {
  name: "lazy-modules",
  setup(build) {
    const { absWorkingDir: resolveDir } = build.initialOptions;
    build.onResolve({ filter: quoted(lazy) }, ({ path, namespace }) => (namespace === "lazy" ? undefined : { path, namespace: "lazy" }));
    build.onLoad({ filter: /.*/, namespace: "lazy" }, ({ path }) => ({ contents: contentsOf(path), resolveDir }));
    build.onResolve({ filter: quoted(Object.keys(absent)) }, ({ path, importer }) =>
      /node_modules[/](?:pino|thread-stream)[/]/.test(importer) ? { path, namespace: "absent" } : undefined,
    );
    build.onResolve({ filter: /^assert$/ }, ({ path, importer }) =>
      /node_modules[/]sonic-boom[/]/.test(importer) ? { path, namespace: "late" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "late" }, () => ({ contents: assertLate }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({ contents: absent[path] }));
  },
};
