import { call } from "../tests/support/children.js";
import deployBackupService from "../tests/support/swarm/backup-service.js";
import { ensureImages, ensureSwarm, whichAbra } from "../tests/support/swarm/bring-up.js";
import { SwarmHost } from "../tests/support/swarm/host.js";
import { fiveTiersScript } from "./five-tiers-script.js";
import { plainScript } from "./plain-script.js";
import { inTurn } from "./in-turn.js";
import type { Row } from "./row.js";
import { processorIn } from "./side-by-side.js";

interface Cost {
  readonly wallMs: number;
  /** The processor time of the command and of all the children it waited for. Without dockerd's, which both sides need. */
  readonly processorMs: number;
}

/** Enough for five tiers on a busy host. */
const limitMs = 1_800_000;

const timed = async (words: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> => {
  const began = performance.now();
  const { code, stdout, stderr } = await call("sh", ["-c", '"$@" >&2 || exit; times', "sh", ...words], { env, limitMs });
  if (code !== 0) throw new Error(`it ended with ${String(code)}:\n${stderr.slice(-3_000)}`);
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

const plain = (script: string): Promise<Cost> =>
  inHost((host) =>
    timed(["sh", "-c", script], {
      ...host.env(),
      D: "abc000",
      PLAIN_ROOT: host.root,
      PLAIN_ZONE: host.zone,
      PLAIN_DOCKER: "docker",
      PLAIN_SOCKET: "/var/run/docker.sock",
    }),
  );

/** A run of the recipe's example. It takes no screenshot, because the script takes none either. */
const ours = (recipe: string, ...more: readonly string[]): Promise<Cost> =>
  inHost((host) => timed(["bin/recipe-ci", "run", recipe, "--src", host.repository(recipe), ...more], host.env()));

const onSwarm = async <Result>(measure: () => Promise<Result>): Promise<Result> => {
  const stop = await ensureSwarm();
  ensureImages();
  process.stderr.write(`on the real Swarm, through ${whichAbra().name}\n`);
  try {
    return await measure();
  } finally {
    await stop();
  }
};

/** Compares a whole run on a real Swarm with a script of the same verbs. */
export const swarmRun = (): Promise<readonly Row[]> =>
  onSwarm(async () => {
    const of = await inTurn({ plain: () => plain(plainScript), ours: () => ours("echo", "--stages", "install,custom") });
    return [
      { name: "a run on a real Swarm, wall", ...of("wallMs"), against: "a plain script", unit: "ms", goal: { kind: "more", most: 1_000 } },
      {
        name: "a run on a real Swarm, processor",
        ...of("processorMs"),
        against: "a plain script",
        unit: "ms",
        goal: { kind: "x", most: 1.3 },
      },
    ];
  });

/** Compares a run of all five tiers on a real Swarm with a script of the same verbs, hooks and tests, with the example's backup service. */
export const swarmTiers = (): Promise<readonly Row[]> =>
  onSwarm(async () => {
    const removeService = await deployBackupService();
    try {
      const of = await inTurn({ plain: () => plain(fiveTiersScript), ours: () => ours("guestbook") });
      return [
        {
          name: "five tiers on a real Swarm, wall",
          ...of("wallMs"),
          against: "a plain script",
          unit: "ms",
          goal: { kind: "x", most: 1.02 },
        },
        { name: "five tiers on a real Swarm, processor", ...of("processorMs"), against: "a plain script", unit: "ms", goal: null },
      ];
    } finally {
      await removeService();
    }
  });
