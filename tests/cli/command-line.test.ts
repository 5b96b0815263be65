import { describe, expect, test } from "vitest";
import { commands, publicCommands, type CommandSpec } from "../../src/cli/command-table.js";
import { completion } from "../../src/cli/completion.js";
import { options, type OptionSpec } from "../../src/cli/options.js";
import { HelpRequested, parseCommandLine } from "../../src/cli/program.js";
import { isRunError } from "../../src/machines/errors.js";
import { must } from "../support/children.js";
import { testWith } from "../support/programs.js";

const answer = (...argv: readonly string[]): string => {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (error instanceof HelpRequested) return error.text;
    throw error;
  }
  throw new Error("it was not answered");
};

const refusal = (...argv: readonly string[]): string => {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (isRunError(error) && error.exitCode === 2) return `${error.message} / ${error.hint}`;
    throw error;
  }
  throw new Error("it was not refused");
};

test("each flag is handed over under the name that the table has it by", () => {
  for (const [name, spec] of Object.entries<CommandSpec>(commands)) {
    for (const option of spec.options) {
      const { flag, value }: OptionSpec = options[option];
      const operand = spec.argument?.[0].startsWith("<") === true ? ["bash"] : [];
      expect(parseCommandLine([name, ...operand, value === undefined ? flag : `${flag}=x`]).flags).toEqual({
        [option]: value === undefined ? true : "x",
      });
    }
  }
  expect(parseCommandLine(["run", "notes", "--run-id", "7", "--lock-timeout", "90s", "--json"])).toEqual({
    command: "run",
    operands: ["notes"],
    flags: { runId: "7", lockTimeout: "90s", json: true },
  });
  expect(parseCommandLine(["run"]).operands).toEqual([]);
});

describe("help", () => {
  test.each(publicCommands.map(([name, spec]) => ({ name, spec })))(
    "of $name begins with a line to copy, and has each of its flags with where else it comes from",
    ({ name, spec }) => {
      const text = answer(name, "--help");
      expect(text.trimStart().split("\n", 1)[0]).toBe(spec.examples?.[0]);
      for (const option of spec.options) expect(text).toContain(options[option].flag);
    },
  );

  test("examples are command lines that the program takes", () => {
    for (const [name, { examples = [] }] of Object.entries<CommandSpec>(commands)) {
      for (const line of examples) expect(parseCommandLine((line.split(" >", 1)[0] ?? "").split(" ").slice(1)).command).toBe(name);
    }
  });
});

test.each<readonly [readonly string[], string]>([
  [["rnu"], "there is no command rnu / Did you mean run?"],
  [["frobnicate"], "there is no command frobnicate / Known: run, janitor, status, inspect, prune, recipe, chart, demo, doctor."],
  [["run", "notes", "--stage", "install"], "recipe-ci run has no option --stage / Did you mean --stages?"],
  [["run", "--src"], "option '--src <path|url>' argument missing / Try: recipe-ci run --help"],
  [["run", "a", "b"], "too many arguments"],
  [[], "no command given / Try: recipe-ci demo, or recipe-ci --help"],
  [["completion", "fish"], ""],
])("%j is refused in one sentence, with what to do", (argv, said) => {
  if (argv[0] === "completion") expect(() => completion(argv[1] ?? "")).toThrow(/no completion for fish/);
  else expect(refusal(...argv)).toContain(said);
});

testWith("bash")("bash takes the completion script, and completes commands and a command's own flags", () => {
  const complete = (cword: number, ...words: readonly string[]): string =>
    must("bash", [
      "-c",
      `${completion("bash")}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${cword}; _recipe_ci; echo "\${COMPREPLY[*]}"`,
    ]);
  expect(complete(1, "recipe-ci", "ja")).toBe("janitor");
  expect(complete(2, "recipe-ci", "janitor", "--d")).toBe("--dry-run");
  expect(complete(2, "recipe-ci", "chart", "--d")).toBe("");
});
