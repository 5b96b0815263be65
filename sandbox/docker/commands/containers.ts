import type { CommandLine } from "../../shared/words.js";
import { each } from "../api.js";
import type { Run } from "./command.js";

/** What is done to running containers, each on its own. */
export const post =
  (path: string, query: (line: CommandLine) => Readonly<Record<string, string>>): Run =>
  ({ api, operands, line, out }) =>
    each(operands, out, (name) => api.ask("POST", `/containers/${encodeURIComponent(name)}/${path}`, { query: query(line) }));
