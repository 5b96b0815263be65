import { Command, CommanderError } from "commander";
import { RunError } from "../machines/errors.js";
import type { ExitCode } from "../machines/vocabulary.js";

/** Flags as given; which of them count, and what stands in for the others, is the settings' business. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** What the command line asked for. */
export interface Asked {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly flags: Flags;
}

export const commandNames = ["run", "janitor", "status", "inspect", "chart", "demo", "doctor", "completion"] as const;
export type CommandName = (typeof commandNames)[number];

/** `--help` and `--version`: answered, nothing to run. */
export class Answered extends Error {
  readonly text: string;
  constructor(text: string) {
    super("answered");
    this.text = text;
  }
}

export const usageError = (message: string, hint = "See: recipe-ci --help"): RunError =>
  new RunError("usage", message, { hint, exitCode: 2 satisfies ExitCode });

const runHelp = `
Example:
  recipe-ci run notes --src ./notes --zone ci.example.com
  recipe-ci run notes --sandbox`;

const define = (asked: (command: CommandName, operands: readonly string[], flags: Flags) => void): Command => {
  const program = new Command("recipe-ci")
    .usage("run RECIPE --zone ZONE      e.g.  recipe-ci demo")
    .description("Runs one Co-op Cloud recipe through deploy, test and teardown on a shared Swarm host, and leaves nothing behind.")
    .version(process.env["RECIPE_CI_VERSION"] ?? "0.1.0")
    .showSuggestionAfterError(true)
    .exitOverride();
  const sandbox = ["--sandbox", "stand-ins instead of abra and docker; needs no root, touches nothing else"] as const;
  const json = ["--json", "stdout is exactly one JSON document"] as const;

  program
    .command("run")
    .argument("[recipe]", "the recipe's name (RECIPE)")
    .description("run one recipe: acquire, deploy, test, tear down")
    .option("--src <path|url>", "clone URL, git repository or plain folder (SRC)")
    .option("--ref <ref>", "branch, tag or commit (REF, or VERSION for a tag)")
    .option("--pr <n>", "pull request number (PR)")
    .option("--stages <list>", "install, upgrade, backup, restore, custom (STAGES)")
    .option("--run-id <id>", "names the run's folder (CCCI_RUN_ID, or CI's build number)")
    .option("--zone <zone>", "DNS zone of the run's apps (CCCI_ZONE)")
    .option("--deadline <duration>", "from the launcher's start, lock wait included (CCCI_DEADLINE, 50m)")
    .option("--lock-timeout <duration>", "longest wait for the app's lock (CCCI_LOCK_TIMEOUT, 30m)")
    .option("--inspect", "watch the run in a browser; prints the address")
    .option(...sandbox)
    .option(...json)
    .addHelpText("after", runHelp)
    .action((recipe: string | undefined, flags: Flags) => asked("run", recipe === undefined ? [] : [recipe], flags));

  program
    .command("janitor")
    .description("reap what dead runs left; leaves every app alone whose lock is held")
    .option("--dry-run", "say what would go and why, remove nothing")
    .option("--zone <zone>", "DNS zone of the run's apps (CCCI_ZONE)")
    .option(...sandbox)
    .option(...json)
    .action((flags: Flags) => asked("janitor", [], flags));

  program
    .command("status")
    .description("who holds which app, who waits, what leaked")
    .option("--zone <zone>", "DNS zone of the run's apps (CCCI_ZONE)")
    .option(...sandbox)
    .option(...json)
    .action((flags: Flags) => asked("status", [], flags));

  program
    .command("inspect")
    .argument("[run]", "run id; without it, lists the runs")
    .description("watch a run's chart live, or replay a finished one")
    .option("--port <n>", "port on 127.0.0.1 (default: any free one)")
    .option("--verify", "replay the run's events through the chart and compare")
    .option(...sandbox)
    .option(...json)
    .action((run: string | undefined, flags: Flags) => asked("inspect", run === undefined ? [] : [run], flags));

  program
    .command("chart")
    .description("write the charts as SVG, model and table")
    .option("--check", "compare with what is there; exit 1 if it differs")
    .option("--out <folder>", "where to (default: statecharts)")
    .action((flags: Flags) => asked("chart", [], flags));

  program
    .command("demo")
    .description("one whole run of the example recipe in the sandbox")
    .action((flags: Flags) => asked("demo", [], flags));

  program
    .command("doctor")
    .description("what this host lacks, each with its repair")
    .option(...sandbox)
    .option(...json)
    .action((flags: Flags) => asked("doctor", [], flags));

  program
    .command("completion", { hidden: true })
    .argument("<shell>", "bash or zsh")
    .description("print a completion script")
    .action((shell: string) => asked("completion", [shell], {}));

  return program;
};

/** Parses the command line. Throws `Answered` for help and version, a usage error (exit 2) for what makes no sense. */
export const parseCommandLine = (argv: readonly string[]): Asked => {
  let result: Asked | null = null;
  let text = "";
  const program = define((command, operands, flags) => {
    result = { command, operands, flags };
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (line) => (text += line),
      writeErr: (line) => (text += line),
    });
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new Answered(text.trimEnd());
    if (error.code === "commander.help") throw usageError("no command given", "Try: recipe-ci demo, or recipe-ci --help");
    throw usageError(text.trim().replace(/^error: /, "").replaceAll("\n", " "));
  }
  if (result === null) throw usageError("no command given", "Try: recipe-ci demo, or recipe-ci --help");
  return result;
};
