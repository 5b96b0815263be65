type Setting = readonly [key: string, value: string];

/**
 * The settings of every git that runs for us, abra's included: it runs nothing from a repository and starts nothing in the
 * background. git's guard against other users' repositories stays as it is.
 */
export const gitGuards: readonly Setting[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.attributesFile", "/dev/null"],
  ["core.excludesFile", "/dev/null"],
  ["core.pager", "cat"],
  ["core.editor", "false"],
  ["core.sshCommand", "ssh"],
  ["core.gitProxy", ""],
  ["core.askPass", ""],
  ["credential.helper", ""],
  ["diff.external", ""],
  ["gc.auto", "0"],
  // Each thread keeps its own objects in memory.
  ["pack.threads", "1"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["status.submoduleSummary", "false"],
  ["advice.detachedHead", "false"],
  ["user.name", "recipe-ci"],
  ["user.email", "recipe-ci@localhost"],
];

/** Settings as environment variables: no argument list shows them, and they override every file. */
export const gitSettings = (settings: readonly Setting[]): Record<string, string> =>
  Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(settings.length)],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);

/** Guards for which git has variables of their own. */
export const gitVariables = {
  // Settings of the host and the operator may define filters, templates and line ends, among which a recipe could choose.
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  // `ext::` runs any command, and `fd::` waits on a descriptor for ever.
  GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
  // Looking at a repository must not write into it.
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  // When git clones a repository of this host, it starts another git there, which heeds variables but not the settings above.
  GIT_SSH_COMMAND: "ssh",
  GIT_PROXY_COMMAND: "",
  // refs/replace could put other content behind the commit that is reported as tested.
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LFS_SKIP_SMUDGE: "1",
  // A pack of 16 KiB can describe an object of many gigabytes, which git would build in memory. It reads files larger than this
  // in pieces, and no recipe may have one.
  GIT_ALLOC_LIMIT: "513m",
} as const;
