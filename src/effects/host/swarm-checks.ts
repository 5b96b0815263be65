import { existsSync } from "node:fs";
import { join } from "node:path";
import { failureFrom } from "../../machines/errors.js";
import type { Engine } from "../docker/engine.js";
import type { Info } from "../docker/engine-schema.js";
import { askChild } from "../children/ask-child.js";
import { failed, passed, type Check } from "./checks.js";

interface AbraHost {
  readonly abra: string;
  readonly abraDir: string;
  readonly server: string;
  readonly env: Readonly<Record<string, string>>;
}

const askLimitMs = 15_000;

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** Checks the docker daemon at the endpoint, and whether its node manages a Swarm. If one check fails, later ones are left out. */
export const checkDocker = async (engine: Engine, endpoint: string): Promise<readonly Check[]> => {
  const answer = await engine.json<Info>("GET", "/info", { limitMs: askLimitMs }).catch(failureFrom);
  if ("hint" in answer) return [failed("docker daemon", answer.message, answer.hint)];
  const daemon = passed("docker daemon", `version ${answer.ServerVersion ?? "unknown"} at ${endpoint}`);
  const state = answer.Swarm?.LocalNodeState ?? "inactive";
  if (state !== "active") return [daemon, failed("swarm", `this node is ${state}`, "docker swarm init --advertise-addr 127.0.0.1")];
  return [
    daemon,
    answer.Swarm?.ControlAvailable === true
      ? passed("swarm", "this node is a manager")
      : failed("swarm", "this node is a worker", "Run on a manager, or promote this node: docker node promote"),
  ];
};

/** Checks abra, and the folder in which it keeps the apps of the server. */
export const checkAbra = async ({ abra, abraDir, server, env }: AbraHost): Promise<readonly Check[]> => {
  const said = await askChild(abra, ["--version"], askLimitMs, { env });
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
