import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tools } from "./world.js";
import { must } from "../support/children.js";

const root = join(import.meta.dirname, "..", "..");

/** The stand-ins, bundled. The suites' set-up builds them; a test run alone may find none. */
export const standIns = { abra: join(root, "sandbox", "bin", "abra"), docker: join(root, "sandbox", "bin", "docker") } as const;

const onPath = (name: string): string => must("sh", ["-c", `command -v ${name}`]);

/**
 * Which tools a run of the contract is about: CONTRACT_ABRA and CONTRACT_DOCKER name others than the stand-ins;
 * the word `docker` alone means the one on PATH.
 */
export const toolsFromEnvironment = (env: NodeJS.ProcessEnv): Tools => {
  const docker = env["CONTRACT_DOCKER"]
    ? existsSync(env["CONTRACT_DOCKER"])
      ? env["CONTRACT_DOCKER"]
      : onPath(env["CONTRACT_DOCKER"])
    : standIns.docker;
  const abra = env["CONTRACT_ABRA"] || standIns.abra;
  return { abra, docker, sandbox: docker === standIns.docker ? mkdtempSync(join(tmpdir(), "contract-sandbox-")) : null };
};

export const describeTools = ({ abra, docker }: Tools): string =>
  `${abra === standIns.abra ? "the stand-in abra" : `abra at ${abra}`} over ${docker === standIns.docker ? "the stand-in docker" : `docker at ${docker}`}`;
