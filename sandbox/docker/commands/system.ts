import { render } from "../format.js";
import { refuse } from "../refusal.js";
import { filtersOf, formatOf, type Run } from "./command.js";

export const pull: Run = async ({ api, operands: [reference = ""], out }) => {
  const [name = "", tag = "latest"] = reference.split(/:(?=[^/]*$)/);
  await api.ask("POST", "/images/create", { query: { fromImage: name, tag } });
  out(`Status: Image is up to date for ${reference}\n`);
};

export const version: Run = async ({ api, line, out }) => {
  const Server = await api.ask<{ Version: string; ApiVersion: string }>("GET", "/version");
  const Client = { Version: "28.2.2-sandbox", ApiVersion: Server.ApiVersion, Context: "default" };
  const format = formatOf(line);
  if (format === undefined)
    out(`Client:\n Version:    ${Client.Version}\nServer:\n Version:    ${Server.Version}\n API version: ${Server.ApiVersion}\n`);
  else out(`${format === "json" ? JSON.stringify({ Client, Server }) : render({ Client, Server }, format)}\n`);
};

export const info: Run = async ({ api, line, out }) => {
  const found = await api.ask<object>("GET", "/info");
  const format = formatOf(line);
  out(
    format === undefined || format === "json"
      ? `${JSON.stringify(found, null, format === undefined ? 1 : 0)}\n`
      : `${render(found, format)}\n`,
  );
};

export const events: Run = async ({ api, line, out }) => {
  const until = line.flag("--until").at(-1);
  if (until === undefined) refuse("the sandbox's docker does not know events without --until: its API does");
  const since = line.flag("--since").at(-1);
  const text = await api.ask<Buffer>("GET", "/events", {
    query: { until: until ?? "", ...(since === undefined ? {} : { since }), ...filtersOf(line) },
  });
  out(text.toString("utf8"));
};
