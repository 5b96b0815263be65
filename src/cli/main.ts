import { closeInherited } from "../effects/children/close-inherited.js";
import { learnFromEnvironment } from "../effects/secrets/learn-secrets.js";
import { oneLine } from "../effects/report/printable.js";
import { didYouMean } from "../effects/did-you-mean.js";
import { guardOutput } from "../effects/stops/broken-output.js";
import { exitWith } from "../effects/stops/exit.js";
import { failureFrom, isRunError } from "../machines/errors.js";
import type { ExitCode } from "../machines/vocabulary.js";
import { completion } from "./completion.js";
import { currentFolder, processIo, type Io } from "./io.js";
import { requireChunk } from "./lazy.js";
import type { Flags } from "./options.js";
import { HelpRequested, parseCommandLine, usageError, type ParsedCommand } from "./program.js";
import { hostSettings } from "./settings/host.js";
import { settleEnvironment } from "./settings/settle-environment.js";
import { janitorSettings } from "./settings/janitor-settings.js";
import { assertOperators, everyVariant, runSettings } from "./settings/run-settings.js";
import { demo } from "./commands/demo.js";
import { doctor } from "./commands/doctor.js";
import { janitor } from "./commands/janitor.js";
import { prune, pruneSettings } from "./commands/prune.js";
import { recipeCheck, recipeInit } from "./commands/recipe.js";
import { run } from "./commands/run.js";
import { runVariants } from "./commands/run-variants.js";
import { status } from "./commands/status.js";

const runOf = async (operand: string | undefined, flags: Flags, io: Io): Promise<ExitCode> => {
  const settings = runSettings(operand, flags, io.env, io.cwd);
  assertOperators(settings, io.env);
  return settings.variant === everyVariant ? runVariants(settings, { operand, flags }, io) : run(settings, io);
};

const recipe = async ([action = "", name]: readonly string[], flags: Flags, io: Io): Promise<ExitCode> => {
  if (!["check", "init"].includes(action))
    throw usageError(`recipe-ci recipe has no action ${action}`, didYouMean(action, ["check", "init"]));
  const settings = runSettings(name, flags, io.env, io.cwd);
  return action === "check" ? recipeCheck(settings, io) : recipeInit(settings, name === "." ? io.cwd : null, io);
};

const dispatch = async ({ command, operands, flags }: ParsedCommand, io: Io): Promise<ExitCode> => {
  switch (command) {
    case "run":
      return runOf(operands[0], flags, io);
    case "recipe":
      return recipe(operands, flags, io);
    case "demo":
      return demo(io);
    case "janitor":
      return janitor(janitorSettings(flags, io.env), io);
    case "status":
      return status(hostSettings(flags, io.env), flags.json === true, io);
    case "doctor":
      return doctor(
        hostSettings(flags, io.env, false),
        { json: flags.json === true, contract: flags.contract === true, takeOver: flags.takeOver === true },
        io,
      );
    case "prune":
      return prune(hostSettings(flags, io.env, false), pruneSettings(flags, io.env), io);
    case "inspect":
      return (await requireChunk("inspect")).inspect(hostSettings(flags, io.env, false), operands[0], flags, io);
    case "chart":
      return (await requireChunk("chart")).chart(flags, io);
    case "completion":
      io.out(completion(operands[0] ?? ""));
      return 0;
  }
};

/** Explains a user's mistake in two lines and without a stack; a bug is printed with its stack. */
const explain = (error: unknown, io: Io): ExitCode => {
  const failure = failureFrom(error);
  io.err(`recipe-ci: ${oneLine(failure.message)}`);
  for (const line of failure.details) io.err(`  ${oneLine(line)}`);
  io.err(`next: ${oneLine(failure.hint)}`);
  return failure.exitCode;
};

const main = async (): Promise<ExitCode> => {
  closeInherited();
  const io = processIo();
  learnFromEnvironment(io.env);
  // `status | head` must not end in a stack.
  for (const stream of [process.stdout, process.stderr]) guardOutput(stream);
  try {
    settleEnvironment(process.env, currentFolder());
    return await dispatch(parseCommandLine(process.argv.slice(2)), io);
  } catch (error) {
    if (error instanceof HelpRequested) {
      io.out(error.text);
      return 0;
    }
    return explain(error, io);
  }
};

/** A run's verdict is in its record, whether or not anybody could read what it printed. */
const isRecorded = ["run", "demo"].includes(process.argv[2] ?? "");

void main().then(
  (code) => exitWith(code, { isRecorded }),
  (error: unknown) => exitWith(isRunError(error) ? error.exitCode : 70),
);
