import { unframe } from "../api.js";
import { refuse } from "../refusal.js";
import type { Run } from "./command.js";

export const logs =
  (path: (name: string) => string, missing: (name: string) => string): Run =>
  async ({ api, operands: [name = ""], line, out, err }) => {
    if ((await api.find(path(name).replace(/\/logs$/, path("").startsWith("/containers") ? "/json" : ""))) === null) refuse(missing(name));
    const tail = line.flag("--tail", "-n").at(-1);
    const query = {
      stdout: "1",
      stderr: "1",
      ...(tail === undefined ? {} : { tail }),
      ...(line.flag("--timestamps", "-t").length > 0 ? { timestamps: "1" } : {}),
    };
    const text = unframe(await api.ask<Buffer>("GET", path(name), { query }));
    out(text.out);
    err(text.err);
  };
