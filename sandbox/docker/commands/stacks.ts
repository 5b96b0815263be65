import { loadCompose, readFiles } from "../compose/load.js";
import { refuse } from "../refusal.js";
import { deployStack } from "../stack/deploy.js";
import { removeStack } from "../stack/remove.js";
import type { Run } from "./command.js";

export const deploy: Run = async ({ api, operands: [stack = ""], line, out, err, caller }) => {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(stack)) refuse(`invalid stack name: ${JSON.stringify(stack)}`);
  const names = line.flag("-c", "--compose-file");
  if (names.length === 0) refuse("Please specify a Compose file (with --compose-file)");
  const files = readFiles(names, caller.cwd, names.includes("-") ? (await caller.input()).toString("utf8") : "");
  await deployStack({ api, stack, ...loadCompose(files, caller.cwd, caller.env), out, err, isGone: caller.isGone });
};

export const config: Run = async ({ line, out, caller }) => {
  const { stringify } = await import("yaml");
  const names = line.flag("-c", "--compose-file");
  const files = readFiles(names, caller.cwd, names.includes("-") ? (await caller.input()).toString("utf8") : "");
  out(stringify(loadCompose(files, caller.cwd, caller.env).document));
};

export const removeStacks: Run = async ({ api, operands, out, err }) => {
  for (const stack of operands) await removeStack(api, stack, out, err);
};
