/** One option: its spelling, where else its value may come from, and its default. */
export interface OptionSpec {
  readonly flag: `--${string}`;
  /** The name of the flag's value in help; without it the flag is a switch. */
  readonly value?: string;
  /** The value that the flag alone stands for; any other value must follow an equals sign. */
  readonly bare?: string;
  /** Environment variables to use, in this order, if the flag is not given. An empty one counts as unset. */
  readonly env?: readonly string[];
  /** The default, in words or as one would write it. */
  readonly otherwise?: string;
  readonly help: string;
}

/** Every flag of every command. Help, settings, completion and the table in docs/operations.md are made from it. */
export const options = {
  src: {
    flag: "--src",
    value: "path|url",
    env: ["SRC"],
    otherwise: "the recipe's Co-op Cloud repository",
    help: "clone URL, git repository or plain folder",
  },
  ref: { flag: "--ref", value: "ref", env: ["REF", "VERSION"], otherwise: "the source's main branch", help: "branch, tag or commit" },
  pr: { flag: "--pr", value: "n", env: ["PR"], otherwise: "0", help: "pull request number" },
  stages: {
    flag: "--stages",
    value: "list",
    env: ["STAGES"],
    otherwise: "all that this version knows; without `custom` where no operator has tests for it",
    help: "comma list of install, upgrade, backup, restore, custom",
  },
  upgradeFrom: {
    flag: "--upgrade-from",
    value: "n|all",
    env: ["CCCI_UPGRADE_FROM"],
    otherwise: "1",
    help: "upgrade from so many of the versions before the ref, the newest first, each a deployment of its own",
  },
  variant: {
    flag: "--variant",
    value: "name",
    env: ["CCCI_VARIANT"],
    otherwise: "the recipe's defaults",
    help: "one of the variants that recipe.yml has; `all`: a run for each, two at once, and one table",
  },
  runId: {
    flag: "--run-id",
    value: "id",
    env: ["CCCI_RUN_ID"],
    otherwise: "the CI's build number, else manual-<pid>",
    help: "names the run's folder; -2, -3 … if it exists",
  },
  zone: {
    flag: "--zone",
    value: "zone",
    env: ["CCCI_ZONE"],
    otherwise: "recipe-ci.localhost; where CI is set it is required",
    help: "DNS zone of the runs' apps, theirs alone, at most 33 characters",
  },
  deadline: {
    flag: "--deadline",
    value: "duration",
    env: ["CCCI_DEADLINE"],
    otherwise: "50m",
    help: "from the launcher's start, lock wait included; set the CI's own limit to 60m or more",
  },
  lockTimeout: {
    flag: "--lock-timeout",
    value: "duration",
    env: ["CCCI_LOCK_TIMEOUT"],
    otherwise: "30m",
    help: "longest wait for the app's lock",
  },
  hold: {
    flag: "--hold",
    value: "always|failure",
    bare: "always",
    help: "at a terminal: keep the app for a look, after every run or only after a failed one, until Enter, a signal or the deadline; alone it means always",
  },
  inspect: { flag: "--inspect", help: "watch the run in a browser; prints the address" },
  keep: { flag: "--keep", help: "keep the run's clone of the recipe after its end" },
  dryRun: { flag: "--dry-run", help: "say what would go and why, remove nothing" },
  adopt: {
    flag: "--adopt",
    value: "domain",
    help: "reap this app, though nothing says that a run made it: you have looked, and it may go",
  },
  takeOver: { flag: "--take-over", help: "from now on this host drives the Swarm, whoever did before: no two may" },
  keepNewest: {
    flag: "--keep",
    value: "n",
    env: ["CCCI_KEEP_RUNS"],
    otherwise: "50",
    help: "so many of the newest runs stay; in the environment, runs prune by themselves as they end",
  },
  olderThan: { flag: "--older-than", value: "age", otherwise: "any age", help: "only runs that began longer ago, like 36h or 14d" },
  all: { flag: "--all", help: "list every run, not only the newest" },
  port: { flag: "--port", value: "n", otherwise: "any free one", help: "port on 127.0.0.1" },
  verify: { flag: "--verify", help: "replay the run's events through the chart and compare" },
  check: { flag: "--check", help: "compare with what is there; exit 1 if it differs" },
  out: { flag: "--out", value: "folder", otherwise: "statecharts", help: "where to" },
  contract: { flag: "--contract", help: "try every assumption about abra and docker on throw-away apps, and remove them" },
  sandbox: { flag: "--sandbox", help: "stand-ins instead of abra and docker; needs no root, touches nothing else" },
  json: { flag: "--json", help: "stdout is exactly one JSON document" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof options;

/** Names of flags that take a value. */
export type ValueName = { [Name in OptionName]: (typeof options)[Name] extends { readonly value: string } ? Name : never }[OptionName];

/** Flags as given on the command line. Defaults for the others are applied in settings/. */
export type Flags = { readonly [Name in OptionName]?: Name extends ValueName ? string : boolean };

/** Settings of the host that have no flag. */
export const variables = {
  lockDir: { env: ["CCCI_APP_LOCK_DIR"], otherwise: "/run/lock", help: "lock files" },
  runsDir: {
    env: ["CCCI_RUNS_DIR"],
    otherwise: "/var/lib/cc-ci-runs as root, else $XDG_STATE_HOME/recipe-ci/runs",
    help: "a folder for each run",
  },
  recipesDir: {
    env: ["CCCI_RECIPES_DIR"],
    otherwise: "/etc/recipe-ci/recipes",
    help: "the operator's folder, one sub-folder for each recipe; with --sandbox too, the examples' folder behind it",
  },
  settings: {
    env: ["CCCI_SETTINGS"],
    otherwise: "/etc/recipe-ci/settings.yml; may be missing",
    help: "this host's settings file: which recipes' own tests may run",
  },
  server: { env: ["CCCI_SERVER"], otherwise: "default", help: "abra's server" },
  abraDir: {
    env: ["ABRA_DIR"],
    otherwise: "~/.abra",
    help: "the canonical one; each run gets its own, with links to its servers and catalogue",
  },
  abra: { env: ["CCCI_ABRA"], otherwise: "abra", help: "the executable" },
  docker: { env: ["CCCI_DOCKER"], otherwise: "docker", help: "the executable" },
  heartbeat: {
    env: ["RECIPE_CI_HEARTBEAT"],
    otherwise: "30s",
    help: "how often a log without news gets a line, which says what is waited for; a reader that is gone is noticed only by writing to it",
  },
  nodeImage: {
    env: ["CCCI_NODE_IMAGE"],
    otherwise: "docker.io/library/node:20-alpine",
    help: "image of the short job that asks the Swarm's other nodes; all it needs is `node`",
  },
  nodeSocket: { env: ["CCCI_NODE_SOCKET"], otherwise: "/var/run/docker.sock", help: "where docker listens on those nodes" },
  caFile: {
    env: ["CCCI_CA_FILE"],
    otherwise: "the authorities that Node brings",
    help: "PEM file with one more authority for the probes of https addresses; the tests get it as NODE_EXTRA_CA_CERTS",
  },
  chromium: {
    env: ["CCCI_CHROMIUM"],
    otherwise: "chromium, where it is installed; with --sandbox none",
    help: "browser that draws the app's first page for the report; `off`: no picture",
  },
  skipFetch: {
    env: ["CCCI_SKIP_FETCH"],
    otherwise: "unset",
    help: "use the staged copy in the canonical recipes folder instead of a clone",
  },
  quick: { env: ["CCCI_QUICK"], otherwise: "unset", help: "the quick lane; until there is one the run is cold and says so" },
  sandboxDir: {
    env: ["RECIPE_CI_SANDBOX"],
    otherwise: "$XDG_STATE_HOME/recipe-ci/sandbox",
    help: "where --sandbox and demo keep everything",
  },
} as const satisfies Readonly<Record<string, Omit<OptionSpec, "flag">>>;

export type VariableName = keyof typeof variables;

/** `--run-id <id>`, as help shows it and commander parses it. */
export const spelled = ({ flag, value, bare }: OptionSpec): string =>
  value === undefined ? flag : bare === undefined ? `${flag} <${value}>` : `${flag} [${value}]`;

/** The help text, with where else the value may come from. */
export const explained = ({ env = [], otherwise, help }: Omit<OptionSpec, "flag">): string => {
  const sources = [...env, ...(otherwise === undefined ? [] : [otherwise])];
  return sources.length === 0 ? help : `${help} (${sources.join(", else ")})`;
};

interface Row extends Omit<OptionSpec, "flag"> {
  readonly flag?: string;
}

/** The rows of the table in docs/operations.md: everything that may come from the environment. */
export const settingsTable = (): string => {
  const rows: readonly Row[] = [...Object.values<Row>(options), ...Object.values<Row>(variables)];
  const cells = rows.flatMap(({ flag, env, otherwise, help }) =>
    env === undefined
      ? []
      : [
          `| ${flag === undefined ? "–" : `\`${flag}\``} | ${env.map((name) => `\`${name}\``).join(", ")} | ${otherwise ?? "–"} | ${help} |`,
        ],
  );
  return ["| flag | environment | default | what it is |", "|---|---|---|---|", ...cells].join("\n");
};
