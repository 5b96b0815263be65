import { execa } from "execa";
import { ensureImages, ensureSwarm, whichAbra } from "../tests/support/swarm/bring-up.js";
import { SwarmHost } from "../tests/support/swarm/host.js";
import { plainScript } from "./plain-script.js";
import { median, type Row } from "./row.js";
import { processorIn } from "./side-by-side.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);

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
  const costs: { readonly ours: Cost[]; readonly plain: Cost[] } = { ours: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    costs.plain.push(await plain());
    costs.ours.push(await ours());
  }
  await stop();
  const of = (from: readonly Cost[], what: keyof Cost): number => median(from.map((cost) => cost[what]));
  return [
    { name: "a run on a real Swarm, wall", ours: of(costs.ours, "wallMs"), against: "a plain script", reference: of(costs.plain, "wallMs"), unit: "ms", goal: { kind: "more", most: 1_000 } },
    { name: "a run on a real Swarm, processor", ours: of(costs.ours, "processorMs"), against: "a plain script", reference: of(costs.plain, "processorMs"), unit: "ms", goal: { kind: "x", most: 1.3 } },
  ];
};
