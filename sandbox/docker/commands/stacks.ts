import { loadCompose, readFiles } from "../compose/load.js";
import { refuse } from "../refusal.js";
import { deployStack } from "../stack/deploy.js";
import { removeStack } from "../stack/remove.js";
import type { Invoked, Run } from "./command.js";

/** The compose files of a call, merged like the client does it. */
const composeOf = async ({ line, caller }: Pick<Invoked, "line" | "caller">) => {
  const names = line.flag("-c", "--compose-file");
  const files = readFiles(names, caller.cwd, names.includes("-") ? (await caller.input()).toString("utf8") : "");
  return loadCompose(files, caller.cwd, caller.env);
};

export const deploy: Run = async ({ api, operands: [stack = ""], line, out, err, caller }) => {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(stack)) refuse(`invalid stack name: ${JSON.stringify(stack)}`);
  if (line.flag("-c", "--compose-file").length === 0) refuse("Please specify a Compose file (with --compose-file)");
  await deployStack({ api, stack, ...(await composeOf({ line, caller })), out, err, isGone: caller.isGone });
};

export const config: Run = async ({ line, out, caller }) => {
  const { stringify } = await import("yaml");
  out(stringify((await composeOf({ line, caller })).document));
};

export const removeStacks: Run = async ({ api, operands, out, err }) => {
  for (const stack of operands) await removeStack(api, stack, out, err);
};
