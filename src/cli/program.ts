import { Command, CommanderError } from "commander";
import { didYouMean } from "../effects/did-you-mean.js";
import { RunError } from "../machines/errors.js";
import { commands, publicCommands, type CommandName, type CommandSpec } from "./command-table.js";
import { explained, options, spelled, type Flags, type OptionName, type OptionSpec } from "./options.js";

/** What the command line asked for. */
export interface ParsedCommand {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/** Thrown for `--help` and `--version`: they are answered, and there is nothing to run. */
export class HelpRequested extends Error {
  readonly text: string;
  constructor(text: string) {
    super("answered");
    this.text = text;
  }
}

export const usageError = (message: string, hint = "Try: recipe-ci --help"): RunError => new RunError("usage", message, { hint });

const noCommand = (): RunError => usageError("no command given", "Try: recipe-ci demo, or recipe-ci --help");

/** The lines to copy that help begins with. */
const examplesOf = ({ examples = [] }: CommandSpec): string =>
  examples.length === 0 ? "" : `${examples.map((line) => `  ${line}`).join("\n")}\n`;

/** The name under which commander returns a flag's value. */
const attributeOf = (option: OptionName): string =>
  options[option].flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const addCommand = (
  program: Command,
  name: string,
  spec: CommandSpec,
  asked: (operands: readonly string[], flags: Flags) => void,
): void => {
  const command = program
    .command(name, { hidden: spec.hidden ?? false })
    .description(spec.summary)
    .addHelpText("before", examplesOf(spec))
    .showSuggestionAfterError(false);
  if (spec.argument !== undefined) command.argument(...spec.argument);
  if (spec.second !== undefined) command.argument(...spec.second);
  for (const option of spec.options) command.option(spelled(options[option]), explained(options[option]));
  command.action((...given: readonly unknown[]) => {
    const operands = given.filter((one) => typeof one === "string");
    const values: Readonly<Record<string, unknown>> = command.opts();
    // Keyed by the table's names: two commands may spell different options alike.
    const flags = spec.options.flatMap((option) =>
      values[attributeOf(option)] === undefined ? [] : [[option, values[attributeOf(option)]]],
    );
    asked(operands, Object.fromEntries(flags) as Flags);
  });
};

/** Only the command that is named first, if there is one: setting up all of them takes 2 ms. */
const defined = (first: string | undefined): readonly CommandName[] => {
  const names = Object.keys(commands) as CommandName[];
  const named = names.filter((name) => name === first);
  return named.length === 0 ? names : named;
};

const define = (first: string | undefined, asked: (command: CommandName, operands: readonly string[], flags: Flags) => void): Command => {
  const program = new Command("recipe-ci")
    .usage("run RECIPE --zone ZONE      e.g.  recipe-ci demo")
    .description("Runs one Co-op Cloud recipe through deploy, test and teardown on a shared Swarm host, and leaves nothing behind.")
    .version(process.env["RECIPE_CI_VERSION"] ?? "0.1.0")
    .showSuggestionAfterError(false)
    .exitOverride();
  for (const name of defined(first)) addCommand(program, name, commands[name], (operands, flags) => asked(name, operands, flags));
  return program;
};

const flagsOf = (name: string | undefined): readonly string[] => {
  const spec: CommandSpec | undefined = Object.entries<CommandSpec>(commands).find(([known]) => known === name)?.[1];
  return spec === undefined ? ["--help", "--version"] : [...spec.options.map((option) => options[option].flag), "--help"];
};

/** commander's refusal in our words, with one prefix and with what was probably meant. */
const refusal = ({ code, message }: CommanderError, argv: readonly string[]): RunError => {
  const word = /'([^']*)'/.exec(message)?.[1] ?? "";
  const name = argv.find((one) => !one.startsWith("-"));
  switch (code) {
    case "commander.help":
      return noCommand();
    case "commander.unknownCommand":
      return usageError(
        `there is no command ${word}`,
        didYouMean(
          word,
          publicCommands.map(([known]) => known),
        ),
      );
    case "commander.unknownOption":
      return usageError(`${name === undefined ? "recipe-ci" : `recipe-ci ${name}`} has no option ${word}`, didYouMean(word, flagsOf(name)));
    default:
      return usageError(
        message.replace(/^error: /, "").replaceAll("\n", " "),
        name === undefined ? undefined : `Try: recipe-ci ${name} --help`,
      );
  }
};

const bares: ReadonlyMap<string, string> = new Map(
  Object.values<OptionSpec>(options).flatMap(({ flag, bare }) => (bare === undefined ? [] : [[flag, `${flag}=${bare}`] as const])),
);

/** A flag whose value is optional must not take the next word as its value. */
const whole = (word: string): string => bares.get(word) ?? word;

/** Parses the command line. Throws `HelpRequested` for help and version, a usage error (exit 2) for what makes no sense. */
export const parseCommandLine = (argv: readonly string[]): ParsedCommand => {
  let result: ParsedCommand | null = null;
  let text = "";
  const program = define(argv[0], (command, operands, flags) => {
    result = { command, operands, flags };
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (line) => (text += line), writeErr: (line) => (text += line) });
  }
  try {
    program.parse(argv.map(whole), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpRequested(text.trimEnd());
    throw refusal(error, argv);
  }
  if (result === null) throw noCommand();
  return result;
};
