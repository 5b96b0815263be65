import { existsSync } from "node:fs";
import { createActor, toPromise } from "xstate";
import { createChildRegistry } from "../src/effects/children/registry.js";
import { createConnection } from "../src/effects/docker/connection.js";
import { createEngine, type Engine } from "../src/effects/docker/engine.js";
import { prepullImages } from "../src/effects/docker/pull/prepull-images.js";
import { startRegistry } from "../tests/support/registry.js";
import { median, type Row } from "./row.js";

const socket = (process.env["DOCKER_HOST"] ?? "/var/run/docker.sock").replace(/^unix:\/\//, "");

const pullMs = async (engine: Engine, lists: readonly (readonly string[])[]): Promise<number> => {
  const port = prepullImages({ engine, hint: "", credentialsFor: async () => null, onProgress: () => undefined });
  const began = performance.now();
  for (const images of lists) await toPromise(createActor(port, { input: { images } }).start());
  return performance.now() - began;
};

const rounds = 3;

/** Compares a real daemon's pull of six images at once from a slow registry with pulling them one by one. No daemon: no row. */
export const prepull = async (): Promise<readonly Row[]> => {
  if (!existsSync(socket)) return [];
  const registry = await startRegistry({ imageBytes: 256 * 1024, partMs: 60 });
  const scope = createChildRegistry().scope("work");
  const engine = createEngine(createConnection({ endpoint: { kind: "socket", path: socket }, scope, env: () => ({}), cwd: "/" }));
  const pulled: string[] = [];
  const fresh = (round: number, way: string): readonly string[] => {
    const images = Array.from({ length: 6 }, (_, index) => `${registry.address}/bench${process.pid}/${way}${round}-${index}:1`);
    pulled.push(...images);
    return images;
  };
  try {
    const [together, apart]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      together.push(await pullMs(engine, [fresh(round, "t")]));
      apart.push(
        await pullMs(
          engine,
          fresh(round, "a").map((image) => [image]),
        ),
      );
    }
    return [
      {
        name: "prepull of six images",
        ours: median(together),
        against: "one by one",
        reference: median(apart),
        unit: "ms",
        goal: { kind: "x", most: 0.5 },
      },
    ];
  } finally {
    for (const image of pulled) await engine.json("DELETE", `/images/${image}`).catch(() => undefined);
    engine.close();
    await registry.close();
  }
};
