import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { refuse } from "../refusal.js";
import { labelFlags, type Invoked, type Run } from "./command.js";

const readOperand = async ({ caller }: Invoked, file: string): Promise<Buffer> => {
  if (file === "-") return caller.input();
  try {
    return readFileSync(resolve(caller.cwd, file));
  } catch {
    return refuse(`open ${file}: no such file or directory`);
  }
};

export const createKeptFile =
  (word: "secret" | "config"): Run =>
  async (command) => {
    const [name = "", file] = command.operands;
    if (file === undefined) refuse(`requires exactly 2 arguments: a name and a file, or -`);
    const Data = (await readOperand(command, file ?? "-")).toString("base64");
    const { ID } = await command.api.ask<{ ID: string }>("POST", `/${word}s/create`, {
      body: { Name: name, Labels: labelFlags(command.line), Data },
    });
    command.out(`${ID}\n`);
  };

export const createNetwork: Run = async ({ api, operands: [name = ""], line, out }) => {
  const body = {
    Name: name,
    Driver: line.flag("--driver", "-d").at(-1) ?? "bridge",
    Attachable: line.flag("--attachable").length > 0,
    Internal: line.flag("--internal").length > 0,
    Labels: labelFlags(line),
  };
  out(`${(await api.ask<{ Id: string }>("POST", "/networks/create", { body })).Id}\n`);
};

export const createVolume: Run = async ({ api, operands: [name], line, out }) => {
  const body = {
    ...(name === undefined ? {} : { Name: name }),
    Driver: line.flag("--driver", "-d").at(-1) ?? "local",
    Labels: labelFlags(line),
  };
  out(`${(await api.ask<{ Name: string }>("POST", "/volumes/create", { body })).Name}\n`);
};
