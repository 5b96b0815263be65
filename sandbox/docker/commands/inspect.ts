import { render } from "../format.js";
import { refuse } from "../refusal.js";
import { formatOf, said, type Run } from "./command.js";

/** Prints what is found as a list, even an empty one, and fails for what is missing. */
export const inspectAll =
  (path: (name: string) => string, missing: (name: string) => string): Run =>
  async ({ api, operands, line, out }) => {
    if (operands.length === 0) refuse("requires at least 1 argument.");
    const found = await Promise.all(operands.map((name) => api.find<object>(path(encodeURIComponent(name)))));
    const there = found.filter((one) => one !== null);
    const format = formatOf(line);
    if (format === undefined) out(`${JSON.stringify(there, null, 4)}\n`);
    else for (const one of there) out(`${format === "json" ? JSON.stringify(one) : render(one, format)}\n`);
    const first = operands.find((_, index) => found[index] === null);
    if (first !== undefined) refuse(missing(first));
  };

export const inspectImages: Run = inspectAll(
  (name) => `/images/${decodeURIComponent(name)}/json`,
  (name) => `${said} no such image: ${name}: No such image: ${name}`,
);
