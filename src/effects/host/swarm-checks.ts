import { existsSync } from "node:fs";
import { join } from "node:path";
import { askChild } from "../children/ask-child.js";
import { failed, passed, type Check } from "./checks.js";

export interface SwarmHost {
  readonly docker: string;
  readonly abra: string;
  readonly abraDir: string;
  readonly server: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Info {
  readonly ServerVersion?: string;
  readonly Swarm?: { readonly LocalNodeState?: string; readonly ControlAvailable?: boolean };
}

const parseInfo = (text: string): Info | null => {
  try {
    return JSON.parse(text) as Info;
  } catch {
    return null; // A client that cannot reach its daemon prints no JSON: the caller names that case.
  }
};

const ask = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => askChild(file, args, 15_000, { env });

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** The docker client, its daemon, and whether this node manages a Swarm. Later checks are left out when an earlier one fails. */
export const checkDocker = async ({ docker, env }: SwarmHost): Promise<readonly Check[]> => {
  const said = await ask(docker, ["info", "--format", "{{json .}}"], env);
  if (said === null) {
    return [failed("docker", `${docker}: not found`, "apt-get install docker.io, or set CCCI_DOCKER to the client")];
  }
  const info = parseInfo(said.stdout);
  if (info?.ServerVersion === undefined || info.ServerVersion === "") {
    return [
      passed("docker", docker),
      failed("docker daemon", lastLine(said.stderr) || "does not answer", "systemctl start docker, or start dockerd as root"),
    ];
  }
  const daemon = passed("docker daemon", `version ${info.ServerVersion}`);
  const state = info.Swarm?.LocalNodeState ?? "inactive";
  if (state !== "active") {
    const repair = "docker swarm init --advertise-addr 127.0.0.1";
    return [passed("docker", docker), daemon, failed("swarm", `this node is ${state}`, repair)];
  }
  return [
    passed("docker", docker),
    daemon,
    info.Swarm?.ControlAvailable === true
      ? passed("swarm", "this node is a manager")
      : failed("swarm", "this node is a worker", "Run on a manager, or promote this node: docker node promote"),
  ];
};

/** abra, and the folder in which it keeps the apps of the server. */
export const checkAbra = async ({ abra, abraDir, server, env }: SwarmHost): Promise<readonly Check[]> => {
  const said = await ask(abra, ["--version"], env);
  const found =
    said?.exitCode === 0
      ? passed("abra", lastLine(said.stdout))
      : failed("abra", `${abra}: not found or not usable`, "Install abra from docs.coopcloud.tech, or set CCCI_ABRA to it");
  const folder = join(abraDir, "servers", server);
  return [
    found,
    existsSync(folder)
      ? passed("abra server", folder)
      : failed("abra server", `${folder}: no such folder`, "abra server add --local, or set ABRA_DIR and CCCI_SERVER"),
  ];
};
