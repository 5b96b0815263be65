import type { OptionName } from "./options.js";

export interface CommandSpec {
  /** `[recipe]` is optional, `<shell>` is required. */
  readonly argument?: readonly [form: string, help: string];
  /** A second argument. */
  readonly second?: readonly [form: string, help: string];
  readonly summary: string;
  readonly options: readonly OptionName[];
  readonly examples?: readonly string[];
  readonly hidden?: true;
}

/** Every command and what it takes. What it does is in its file in commands/. */
export const commands = {
  run: {
    argument: ["[recipe]", "the recipe's name (RECIPE)"],
    summary: "run one recipe: acquire, deploy, test, tear down",
    options: [
      "src",
      "ref",
      "pr",
      "stages",
      "upgradeFrom",
      "variant",
      "runId",
      "zone",
      "deadline",
      "lockTimeout",
      "hold",
      "keep",
      "inspect",
      "sandbox",
      "json",
    ],
    examples: ["recipe-ci run notes --src ./notes --zone ci.example.com", "recipe-ci run notes --sandbox"],
  },
  janitor: {
    summary: "reap what dead runs left; leaves every app alone whose lock is held",
    options: ["dryRun", "adopt", "zone", "sandbox", "json"],
    examples: ["recipe-ci janitor --dry-run --zone ci.example.com", "recipe-ci janitor --adopt note-0a1b2c.ci.example.com"],
  },
  status: {
    summary: "who holds which app, who waits, what leaked",
    options: ["zone", "sandbox", "json"],
    examples: ["recipe-ci status --zone ci.example.com"],
  },
  inspect: {
    argument: ["[run]", "run id; without it, lists the runs"],
    summary: "watch a run's chart live, or replay a finished one",
    options: ["all", "port", "verify", "sandbox", "json"],
    examples: ["recipe-ci inspect 42", "recipe-ci inspect 42 --verify"],
  },
  prune: {
    summary: "remove the folders of runs that are over; never a live run's, nor one whose app is not known to be gone",
    options: ["keepNewest", "olderThan", "dryRun", "sandbox", "json"],
    examples: ["recipe-ci prune --keep 20 --older-than 14d --dry-run"],
  },
  recipe: {
    argument: [
      "<action>",
      "check: what a run would do, without one; init: write a recipe.yml from what the recipe has, into the operator's folder for it; for . into .recipe-ci of the folder",
    ],
    second: ["[recipe]", "the recipe's name, or . for the folder's"],
    summary: "look at a recipe and its settings: recipe check, recipe init",
    options: ["src", "ref", "pr", "stages", "upgradeFrom", "variant", "zone", "sandbox", "json"],
    examples: ["recipe-ci recipe check notes --src ./notes --zone ci.example.com", "recipe-ci recipe init notes"],
  },
  chart: { summary: "write the charts as SVG, model and table", options: ["check", "out"], examples: ["recipe-ci chart --check"] },
  demo: { summary: "one whole run of the example recipe in the sandbox", options: [], examples: ["recipe-ci demo"] },
  doctor: {
    summary: "what this host lacks, each with its repair",
    options: ["contract", "takeOver", "zone", "sandbox", "json"],
    examples: ["recipe-ci doctor", "recipe-ci doctor --contract --json >contract.json"],
  },
  completion: {
    argument: ["<shell>", "bash or zsh"],
    summary: "print a completion script",
    options: [],
    examples: ["recipe-ci completion bash >/etc/bash_completion.d/recipe-ci"],
    hidden: true,
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof commands;

/** The commands that help and completion list. */
export const publicCommands: readonly (readonly [string, CommandSpec])[] = Object.entries<CommandSpec>(commands).filter(
  ([, { hidden }]) => hidden !== true,
);
