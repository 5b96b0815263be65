import type { Tools } from "../abra/session.js";
import { bareFlags, runAbra } from "../abra/verbs.js";
import { runDocker } from "../docker/commands/run.js";
import { Hanging, type Caller, type Ending } from "../shared/caller.js";
import { BadFaults, type Faults } from "../shared/faults.js";
import { parseWords, type CommandLine } from "../shared/words.js";
import type { Engine } from "./api/route.js";
import { runBackupService } from "./backup-service.js";
import { ask } from "./children.js";

interface Tool {
  /** How the tool says that it gives up. */
  readonly complain: (caller: Caller, text: string) => void;
  readonly run: (engine: Engine, caller: Caller, line: CommandLine) => Promise<number>;
  /** Flags that take no value here, although they do for the other tool. */
  readonly bare: ReadonlySet<string>;
}

const tools: Readonly<Record<string, Tool>> = {
  abra: {
    complain: ({ out }, text) => out(`FATA ${text}\n`),
    run: (engine, caller, line) => runAbra(caller, line, toolsOfAbra(engine, caller)),
    bare: bareFlags,
  },
  docker: { complain: ({ err }, text) => err(`${text}\n`), run: runDocker, bare: new Set() },
};

const told = (words: readonly string[]): string => `${words.slice(0, 3).join(" ")}: told to fail by faults.json`;

const applyFaults = async (
  faults: Faults,
  words: readonly string[],
  caller: Caller,
  tool: Tool,
  work: () => Promise<number>,
): Promise<Ending> => {
  let hangsAfter = false;
  for (const pain of faults.painsFor(words.join(" "), ...otherWords(words))) {
    if (pain.kind === "slow") await new Promise((resolve) => setTimeout(resolve, pain.ms));
    else if (pain.kind === "exit") {
      if (pain.code !== 0) tool.complain(caller, told(words));
      return pain.code;
    } else if (pain.kind === "garbage") {
      caller.out("\u0000\u001B[31m%%% not what you asked for %%%\n");
      return 0;
    } else if (pain.kind === "then-hang") hangsAfter = true;
    else return pain.kind;
  }
  // If the caller was killed during a delay, nothing more is done, as if it were a process of its own.
  const code = caller.isGone() ? 1 : await work();
  return hangsAfter ? "hang" : code;
};

/** Other names of the same command, by which a fault may name it. */
const otherWords = ([tool = "", first = "", second = "", ...rest]: readonly string[]): readonly string[] => {
  if (tool !== "docker") return [];
  const tail = (words: string): string => [words, ...rest].join(" ");
  if (first === "ps" || (first === "container" && (second === "ps" || second === "list")))
    return [tail("docker container ls"), tail("docker ps")];
  if (first === "container" && second === "ls") return [tail("docker ps")];
  if (first === "pull") return ["docker image pull"];
  return first === "image" && second === "pull" ? ["docker pull"] : [];
};

/** abra calls docker like a program: with arguments, and with the faults for them. */
const toolsOfAbra = (engine: Engine, caller: Caller): Tools => ({
  backupService: (argv, env) => runBackupService(engine, argv, env),
  git: (args) => ask("git", args, caller),
  docker: async (args, { env = caller.env, input = "" } = {}) => {
    let stdout = "";
    let stderr = "";
    const ending = await runTool(engine, "docker", {
      ...caller,
      argv: args,
      env,
      out: (text) => void (stdout += text),
      err: (text) => void (stderr += text),
      input: async () => Buffer.from(input),
    });
    if (typeof ending !== "number") throw new Hanging();
    return { code: ending, stdout, stderr };
  },
});

/** Does what a caller at the door wants, with the call's faults, and returns how the caller must end. */
export const runTool = async (engine: Engine, name: string, caller: Caller): Promise<Ending> => {
  const tool = tools[name];
  if (tool === undefined) return 125;
  const line = parseWords(caller.argv, tool.bare);
  try {
    return await applyFaults(engine.faults, [name, ...line.words], caller, tool, () => tool.run(engine, caller, line));
  } catch (error) {
    if (error instanceof Hanging) return "hang";
    caller.err(`${error instanceof BadFaults ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    return error instanceof BadFaults ? 125 : 1;
  }
};
