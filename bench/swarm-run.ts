import { execa } from "execa";
import { ensureImages, ensureSwarm, whichAbra } from "../tests/support/swarm/bring-up.js";
import { SwarmHost } from "../tests/support/swarm/host.js";
import { plainScript } from "./plain-script.js";
import { inTurn } from "./in-turn.js";
import type { Row } from "./row.js";
import { processorIn } from "./side-by-side.js";

interface Cost {
  readonly wallMs: number;
  /** Of the commands and of all that they waited for: not dockerd's, which both have. */
  readonly processorMs: number;
}

const timed = async (words: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> => {
  const began = performance.now();
  const { failed, exitCode, stdout, stderr } = await execa("sh", ["-c", '"$@" >&2 || exit; times', "sh", ...words], { env, extendEnv: false, reject: false });
  if (failed) throw new Error(`it ended with ${String(exitCode)}:\n${stderr.slice(-3_000)}`);
  return { wallMs: performance.now() - began, processorMs: processorIn(stdout) };
};

const inHost = async (act: (host: SwarmHost) => Promise<Cost>): Promise<Cost> => {
  const host = new SwarmHost();
  try {
    return await act(host);
  } finally {
    await host.close();
  }
};

const plain = (): Promise<Cost> =>
  inHost((host) => timed(["sh", "-c", plainScript], { ...host.env(), D: "abc000", PLAIN_ROOT: host.root, PLAIN_ZONE: host.zone, PLAIN_DOCKER: "docker", PLAIN_SOCKET: "/var/run/docker.sock" }));

const ours = (): Promise<Cost> =>
  inHost((host) => timed(["bin/recipe-ci", "run", "echo", "--src", host.repository("echo"), "--stages", "install,custom"], { ...host.env(), CCCI_CHROMIUM: "off" }));

/** One whole run on the real Swarm, beside a script of the same verbs. Without the picture, which the script has not. */
export const swarmRun = async (): Promise<readonly Row[]> => {
  const stop = await ensureSwarm();
  ensureImages();
  process.stderr.write(`on the real Swarm, through ${whichAbra().name}\n`);
  const of = await inTurn({ plain, ours });
  await stop();
  return [
    { name: "a run on a real Swarm, wall", ...of("wallMs"), against: "a plain script", unit: "ms", goal: { kind: "more", most: 1_000 } },
    { name: "a run on a real Swarm, processor", ...of("processorMs"), against: "a plain script", unit: "ms", goal: { kind: "x", most: 1.3 } },
  ];
};
