import type { ExitCode } from "./exit-code.js";

interface FailureKind {
  /** A list if it depends on the case: whoever fails then says which. */
  readonly exitCode: ExitCode | readonly ExitCode[];
  /** What failed, for the table in docs/operations.md. */
  readonly meaning: string;
}

/**
 * Every failure that recipe-ci itself reports. The hint (what to do about it) comes from the place that fails. Never rename a code: records
 * contain it.
 */
export const failures = {
  usage: { exitCode: 2, meaning: "The command line is not one that recipe-ci understands." },
  "bad-setting": { exitCode: 2, meaning: "An option or environment variable has a value that it cannot have." },
  "no-recipe": { exitCode: 2, meaning: "No recipe was named, or the folder given is not a recipe's." },
  "no-zone": { exitCode: 2, meaning: "In CI, no DNS zone was named for the runs' apps." },
  "folder-gone": { exitCode: 2, meaning: "The folder that recipe-ci was called in has been removed." },
  "no-such-run": { exitCode: 2, meaning: "The run to inspect has no folder." },
  "port-unusable": { exitCode: 2, meaning: "The inspector cannot listen on the port." },
  "ca-file-unusable": { exitCode: 2, meaning: "The file named by CCCI_CA_FILE cannot be used." },
  "recipe-settings-invalid": { exitCode: 2, meaning: "The operator's recipe.yml is invalid." },
  "own-code-unreachable": { exitCode: 2, meaning: "The recipe's own tests are to run as nobody, who cannot get to the run's folder." },
  "operator-folder-unusable": { exitCode: 2, meaning: "The operator's folder for the recipe could not be copied." },
  "runs-dir-unusable": { exitCode: 2, meaning: "The runs folder cannot be used." },
  "lock-dir-unusable": { exitCode: 2, meaning: "The lock folder cannot be used." },
  "lock-unusable": { exitCode: 2, meaning: "A lock file cannot be used." },
  "abra-dir-unusable": { exitCode: 2, meaning: "The run's ABRA_DIR could not be made." },
  "servers-unreadable": { exitCode: 69, meaning: "The folder of abra's servers cannot be read." },
  "abra-dir-blocked": { exitCode: 2, meaning: "Something other than a link stands where the run's ABRA_DIR needs one." },

  "unknown-recipe": { exitCode: 2, meaning: "The recipe could not be obtained from its source." },
  "source-unusable": { exitCode: 2, meaning: "The source is not a folder or git repository that can be used." },
  "source-refused": { exitCode: 2, meaning: "git does not accept the source's address." },
  "unknown-repository": { exitCode: 2, meaning: "There is no git repository at the source." },
  "foreign-repository": { exitCode: 2, meaning: "git refuses a repository that another user owns." },
  "broken-repository": { exitCode: 2, meaning: "The git repository is damaged, or has something that git cannot check out." },
  "empty-repository": { exitCode: 2, meaning: "The repository has no commit, or none on its main branch." },
  "unknown-ref": { exitCode: 2, meaning: "The remote repository does not have the ref." },
  "bad-ref": { exitCode: 2, meaning: "The recipe's repository does not have the branch, tag or commit." },
  "ambiguous-ref": {
    exitCode: 2,
    meaning: "The ref stands for more than one commit: for a branch and a tag of one name, or for several ids.",
  },
  "upgrade-base-unknown": { exitCode: 2, meaning: "recipe.yml names a version to upgrade from that the recipe does not have." },
  "folder-unreadable": { exitCode: 2, meaning: "A folder of the recipe cannot be read." },
  "auth-refused": { exitCode: 69, meaning: "The forge refused access to the repository." },
  "forge-unreachable": { exitCode: 69, meaning: "The forge did not answer." },
  "git-too-old": { exitCode: 69, meaning: "git is too old for recipe-ci's guards." },
  "git-hung": { exitCode: 69, meaning: "git did not end in time." },
  "git-killed": { exitCode: 69, meaning: "git was killed by a signal." },
  "git-failed": { exitCode: 69, meaning: "git failed for a reason that recipe-ci does not know." },
  "example-broken": { exitCode: 69, meaning: "A bundled example could not be laid out as a repository." },
  "deps-cycle": { exitCode: 2, meaning: "Recipes need each other, so that none could run first." },
  "deps-conflict": { exitCode: 2, meaning: "Two recipes need the same dep from different sources or at different refs." },
  "deps-too-many": { exitCode: 2, meaning: "A recipe needs more other recipes than a run deploys." },
  "deps-handover-overrun": { exitCode: 69, meaning: "What the deps are reached by could not be written down in time." },
  "prepare-overrun": { exitCode: 69, meaning: "The recipe could not be prepared in time." },

  "recipe-file-refused": {
    exitCode: [1, 2],
    meaning: "A file of the recipe is refused: 2 while it is taken from a folder or for its name, otherwise 1.",
  },
  "recipe-too-large": {
    exitCode: [1, 2],
    meaning:
      "The recipe has too many files or bytes, or its repository too large a history: 2 while it is taken from a folder, otherwise 1.",
  },
  "type-of-another-recipe": { exitCode: 2, meaning: "The recipe's TYPE or RECIPE names another recipe." },
  "identity-not-ours": { exitCode: 1, meaning: "An .env names an app, stack or server other than the run's." },
  "no-env-sample": { exitCode: 1, meaning: "The recipe has no .env.sample." },
  "env-unreadable": { exitCode: 1, meaning: "An .env has a line that cannot be read." },
  "env-unusable": { exitCode: 1, meaning: "An app's .env is not a plain file that can be used." },
  "health-check-too-late": { exitCode: 1, meaning: "A health check runs first only after the time that a deploy may take." },
  "compose-refused": { exitCode: 1, meaning: "The recipe's compose files cannot be resolved." },
  "packager-slip": { exitCode: 1, meaning: "The recipe has a slip by which its deploy would fail." },
  "nothing-to-test": { exitCode: 1, meaning: "Every tier that was asked for is left out, so that the run could show nothing." },
  "policy-denied": { exitCode: 1, meaning: "The recipe asks the host for something that the operator has not allowed." },

  "no-space": { exitCode: 69, meaning: "A disk, quota or file size limit of the host leaves too little room." },
  "cannot-write": { exitCode: 69, meaning: "A file of the run could not be written." },
  "disk-broken": { exitCode: 69, meaning: "The disk reported an input/output error." },
  "too-many-files": { exitCode: 69, meaning: "The limit on open files was reached." },
  "no-memory": { exitCode: 69, meaning: "The host has no memory left." },
  "ledger-unwritable": { exitCode: 69, meaning: "The run's ledger could not be written." },
  "run-folder-lost": { exitCode: 69, meaning: "The run's folder was removed or replaced in mid-run." },
  "no-such-command": { exitCode: 69, meaning: "A program that recipe-ci needs is not installed." },
  "cannot-start": { exitCode: 69, meaning: "A program could not be started." },
  "child-killed": { exitCode: 69, meaning: "Somebody other than recipe-ci killed one of its child processes." },
  "no-flock": { exitCode: 69, meaning: "Neither fs-ext nor the flock program is available to take locks with." },
  "turn-taken": { exitCode: 69, meaning: "Another process is doing the same work." },
  "another-host": { exitCode: 69, meaning: "Another host drives this Swarm." },

  "docker-unreachable": { exitCode: 69, meaning: "The docker daemon cannot be reached." },
  "docker-hung": { exitCode: 69, meaning: "The docker daemon did not answer a request in time." },
  "docker-garbage": { exitCode: 69, meaning: "The docker daemon's answer could not be understood." },
  "docker-refused": { exitCode: 69, meaning: "The docker daemon refused a request." },
  "docker-too-old": { exitCode: 69, meaning: "The docker daemon is too old." },
  "no-swarm": { exitCode: 69, meaning: "This node is not a manager of a Swarm." },
  "registry-limit": { exitCode: 69, meaning: "The registry's rate limit was reached." },
  "registry-unreachable": { exitCode: 69, meaning: "The registry cannot be reached." },
  "registry-denied": { exitCode: 1, meaning: "The registry refused access to an image." },
  "disk-full": { exitCode: 69, meaning: "There is no room where docker keeps its images and containers." },
  "image-missing": { exitCode: 1, meaning: "The registry does not have an image of the recipe." },

  "abra-unusable": { exitCode: 69, meaning: "abra cannot even print its version." },
  "abra-garbage": { exitCode: 69, meaning: "abra's list of apps could not be understood." },
  "abra-hung": { exitCode: 1, meaning: "abra did not end in time." },
  "abra-refused": { exitCode: 1, meaning: "abra could not undeploy the app." },
  "host-lacks": { exitCode: 69, meaning: "The host lacks something that abra, or the recipe's own tests, need." },
  "app-new-failed": { exitCode: 1, meaning: "abra could not create the app." },
  "no-env-file": { exitCode: 1, meaning: "abra created the app, but not its .env." },
  "secrets-failed": { exitCode: 1, meaning: "abra could not generate the app's secrets." },
  "deploy-refused": { exitCode: 1, meaning: "abra could not deploy the app." },
  "upgrade-refused": { exitCode: 1, meaning: "abra could not deploy the version under test over the one that ran." },

  "plan-too-long": { exitCode: 2, meaning: "The plan takes longer than the deadline leaves, whatever the app does." },
  "lock-timeout": { exitCode: 75, meaning: "Another run held the app's lock for longer than --lock-timeout." },
  "recover-overrun": { exitCode: 69, meaning: "What an earlier run left could not be examined or removed in time." },
  "recovery-failed": {
    exitCode: 1,
    meaning: "What an earlier run, or an earlier round of this one, left of the app could not be removed.",
  },
  "unclaimed-remains": { exitCode: 69, meaning: "Objects under the app's name exist that no run is known to have made." },
  "still-deployed": { exitCode: 1, meaning: "A service was still there after abra had undeployed the app." },

  "deploy-creating-overrun": { exitCode: 1, meaning: "abra did not create the app in time." },
  "deploy-configuring-overrun": { exitCode: 1, meaning: "The app was not configured in time." },
  "deploy-prepulling-overrun": { exitCode: 1, meaning: "The app's images were not pulled in time." },
  "deploy-submitting-overrun": { exitCode: 1, meaning: "The deploy was not submitted to the Swarm in time." },
  "deploy-converging-overrun": { exitCode: 1, meaning: "The services did not settle in time." },
  "deploy-probing-overrun": { exitCode: 1, meaning: "The services settled, but the app did not answer in time." },
  "not-placed": { exitCode: 1, meaning: "The Swarm found no node for a task." },
  "not-healthy": { exitCode: 1, meaning: "A task started but did not become healthy in time." },
  "crash-loop": { exitCode: 1, meaning: "A service's tasks died again and again." },
  "task-failed": { exitCode: 1, meaning: "A task ended and the Swarm does not start it again." },
  "task-died": { exitCode: 1, meaning: "A task died after its service had settled." },
  "image-refused": { exitCode: 1, meaning: "The Swarm cannot make a container because of its image." },
  "mount-refused": { exitCode: 1, meaning: "The Swarm cannot make a container because of a mount." },
  "upgrade-needs-hands": {
    exitCode: 1,
    meaning: "An upgrade leaves something to the operator that the release notes do not tell, or that recipe.yml has not acknowledged.",
  },
  "update-not-started": { exitCode: 1, meaning: "abra reported an upgrade as deployed, and the Swarm changed nothing of a service." },
  "rolled-back": { exitCode: 1, meaning: "The Swarm rolled a service back to its previous version." },
  "update-paused": { exitCode: 1, meaning: "The Swarm paused the update of a service." },
  "no-node": { exitCode: 69, meaning: "No node of the Swarm takes tasks: they are drained, paused or down." },
  "engine-failed": { exitCode: 69, meaning: "docker could not start a task, or keep it, for a reason of its own or the host's." },
  "app-disturbed": { exitCode: 69, meaning: "Somebody or something outside the run ended or changed a part of the app." },
  "stack-gone": { exitCode: 69, meaning: "Somebody removed services of the stack during the run." },
  "reach-unknown-service": { exitCode: 1, meaning: "The setting reach names a service that the stack does not have." },
  "reach-not-found": { exitCode: 1, meaning: "Neither a proxy nor a label tells how the app is reached." },

  "volume-unreachable": { exitCode: 1, meaning: "A file could not be put into a volume of the app, or not be read there." },
  "no-backup-service": { exitCode: 69, meaning: "No backup service runs on this Swarm." },
  "backup-failed": { exitCode: 1, meaning: "The app could not be backed up." },
  "backup-empty": { exitCode: 1, meaning: "The backup was made, and there is nothing in it." },
  "backup-unverified": { exitCode: 1, meaning: "The recipe's own look at its backup found it wrong each time." },
  "no-backup": { exitCode: 1, meaning: "There is no backup of this run that could be restored." },
  "restore-failed": { exitCode: 1, meaning: "The backup could not be restored." },

  "hook-failed": { exitCode: 1, meaning: "A hook of the recipe failed or did not end in time." },
  "tier-failed": { exitCode: 1, meaning: "Tests of a tier failed." },
  "tier-unverified": { exitCode: 1, meaning: "A tier asserted nothing: it has no tests, or all of them were skipped." },
  "out-of-time": {
    exitCode: 142,
    meaning: "The run's deadline left a deploy or a tier less time than its own, and it did not end in that.",
  },
  "tier-overrun": { exitCode: 1, meaning: "A tier did not end in time." },
  "deploys-miscounted": { exitCode: 1, meaning: "The run deployed more or less often than its plan says." },
  "look-overrun": { exitCode: 69, meaning: "docker did not answer in time when the stack was examined after the tests." },
  "janitor-overrun": { exitCode: 69, meaning: "A step of the janitor took too long." },

  stopped: {
    exitCode: [75, 129, 130, 142, 143],
    meaning: "The janitor, a look at a recipe, or a tier of a run was stopped before its end, for a reason that the exit code tells.",
  },
  "orphaned-start": { exitCode: 143, meaning: "The launcher was gone before the run began." },
  "scope-closed": { exitCode: 70, meaning: "A child process was asked for while the run was ending." },
  "no-verdict": { exitCode: 70, meaning: "The run ended without a verdict, which is a bug of recipe-ci." },
  internal: { exitCode: 70, meaning: "recipe-ci has a bug." },
} as const satisfies Readonly<Record<string, FailureKind>>;

export type FailureCode = keyof typeof failures;

type Table = typeof failures;

/** The codes that always lead to the same exit code. */
export type SettledCode = { [Code in FailureCode]: Table[Code]["exitCode"] extends ExitCode ? Code : never }[FailureCode];

/** One of the other codes, with the exit code of this case: one that the table lists for it. */
export type CaseOfCode = {
  [Code in Exclude<FailureCode, SettledCode>]: {
    readonly code: Code;
    readonly exitCode: Table[Code]["exitCode"] extends readonly (infer Exit)[] ? Exit : never;
  };
}[Exclude<FailureCode, SettledCode>];

export const exitCodeOf = (code: SettledCode): ExitCode => failures[code].exitCode;

/** The table in docs/operations.md. */
export const failuresTable = (): string => {
  const rows = Object.entries<FailureKind>(failures).map(
    ([code, { exitCode, meaning }]) => `| \`${code}\` | ${[exitCode].flat().join(", ")} | ${meaning} |`,
  );
  return ["| code | exit code | what failed |", "|---|---|---|", ...rows].join("\n");
};
