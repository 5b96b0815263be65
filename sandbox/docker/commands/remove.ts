import type { CommandLine } from "../../shared/words.js";
import { each } from "../api.js";
import { refuse } from "../refusal.js";
import { said, type Run } from "./command.js";

export const removeEach =
  (path: (name: string) => string, query: (line: CommandLine) => Readonly<Record<string, string>> = () => ({})): Run =>
  ({ api, operands, line, out }) =>
    each(operands, out, (name) => api.ask("DELETE", path(encodeURIComponent(name)), { query: query(line) }));

/** With --force, a missing container is reported but is not a failure. */
export const removeContainers: Run = async ({ api, operands, line, out, err }) => {
  const isForced = line.flag("-f", "--force").length > 0;
  const query = { ...(isForced ? { force: "1" } : {}), ...(line.flag("-v", "--volumes").length > 0 ? { v: "1" } : {}) };
  await each(operands, out, async (name) => {
    const found = await api.find<object>(`/containers/${encodeURIComponent(name)}/json`);
    if (found === null && isForced) err(`${said} No such container: ${name}\n`);
    else await api.ask("DELETE", `/containers/${encodeURIComponent(name)}`, { query });
  });
};

export const removeNetworks: Run = async ({ api, operands, out }) => {
  try {
    await each(operands, out, (name) => api.ask("DELETE", `/networks/${encodeURIComponent(name)}`));
  } catch (error) {
    refuse(`${String(error instanceof Error ? error.message : error)}\nexit status 1`);
  }
};
