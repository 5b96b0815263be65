import type { Engine } from "../../engine/api/route.js";
import type { Caller } from "../../shared/caller.js";
import type { CommandLine } from "../../shared/words.js";
import { createApi, daemonSaid, type Api } from "../api.js";
import { Refusal, refuse } from "../refusal.js";
import { find } from "./table.js";

const globalFlags = ["--context", "--host", "-H", "--log-level", "--config"];

const invoke = async (api: Api, caller: Caller, line: CommandLine): Promise<number> => {
  const found = find(line.words);
  if (found === null) return refuse(`docker: '${line.words.slice(0, 2).join(" ")}' is not a docker command of the sandbox`);
  const {
    entry: { flags, run },
    length,
  } = found;
  const unknown = flags === null ? undefined : line.names.find((name) => ![...flags, ...globalFlags].includes(name));
  if (unknown !== undefined)
    refuse(`unknown flag: ${unknown}: the sandbox does not know it for docker ${line.words.slice(0, length).join(" ")}`);
  return (await run({ api, operands: line.words.slice(length), line, out: caller.out, err: caller.err, caller })) ?? 0;
};

/** Does what the docker client does, and returns its exit code. */
export const runDocker = async (engine: Engine, caller: Caller, line: CommandLine): Promise<number> => {
  try {
    return await invoke(createApi(engine), caller, line);
  } catch (error) {
    caller.err(`${error instanceof Refusal ? error.message : daemonSaid(error)}\n`);
    return 1;
  }
};
