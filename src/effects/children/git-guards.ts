type Setting = readonly [key: string, value: string];

/**
 * What git is told wherever it runs for us, abra's own included: nothing that lies in a repository is run, and nothing
 * goes on behind our back. git's guard against other users' repositories is not touched.
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
  // Each thread holds objects of its own in memory.
  ["pack.threads", "1"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["status.submoduleSummary", "false"],
  ["advice.detachedHead", "false"],
  ["user.name", "recipe-ci"],
  ["user.email", "recipe-ci@localhost"],
];

/** Settings as environment: no argument list shows them, and they count more than any file. */
export const gitSettings = (settings: readonly Setting[]): Record<string, string> =>
  Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(settings.length)],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);

/** The guards that are variables of their own. */
export const gitVariables = {
  // The host's and the operator's own settings may name filters, templates and line ends; a recipe chooses among them.
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  // `ext::` runs what it is given, `fd::` waits on a descriptor for ever.
  GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
  // Looking at a repository must not write into it.
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  // The guards above do not reach the git that git starts in a repository that it clones on this host; variables do.
  GIT_SSH_COMMAND: "ssh",
  GIT_PROXY_COMMAND: "",
  // refs/replace may put other content behind the very commit that is told as tested.
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_LFS_SKIP_SMUDGE: "1",
  // A pack of 16 KiB may say how to make an object of many gigabytes, and git would make it in memory. Larger files than this it
  // reads in pieces, and no recipe may have one.
  GIT_ALLOC_LIMIT: "513m",
} as const;
