import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { putIntoContainer } from "../../../../src/effects/docker/archive.js";
import { firstFacts } from "../../../../src/machines/tier/facts.js";
import type { Engine } from "../../../../src/effects/docker/engine.js";
import type { OperationOf } from "../../../../src/effects/tier/operation.js";
import { markersSurvived } from "../../../../src/effects/tier/markers/marker-tests.js";
import { withVolume } from "../../../../src/effects/tier/markers/mounted.js";
import { seedMarkers } from "../../../../src/effects/tier/markers/seed-markers.js";
import { spoilMarkers } from "../../../../src/effects/tier/markers/spoil-markers.js";
import { settings as recipeSettings } from "../../../support/explore/samples.js";
import type { App, Domain, StackName } from "../../../../src/machines/vocabulary.js";

/** The Swarm that the cases use, the sandbox's or a real one. */
interface MarkerWorld {
  readonly engine: () => Engine;
  /** Resolves once every service has a task that runs. */
  readonly deploy: (stack: string, compose: string) => Promise<void>;
  /** A command of the docker client. */
  readonly docker: (...args: readonly string[]) => Promise<string>;
}

const signal = new AbortController().signal;

const appOf = (stack: string): App => ({
  recipe: "box",
  domain: `${stack}.localhost` as Domain,
  stack: stack as StackName,
  commit: "c".repeat(40),
});

const of = (stack: string, clearedVolumes: readonly string[] = []): OperationOf => {
  const version = { tag: null, commit: "c".repeat(40) };
  return {
    app: appOf(stack),
    settings: { ...recipeSettings, clearedVolumes },
    url: "http://127.0.0.1:1",
    facts: firstFacts(version),
    target: version,
  };
};

const wiringOf = (world: MarkerWorld, said: string[] = []) => ({ engine: world.engine(), note: (line: string) => void said.push(line) });

const containerOf = async ({ docker }: MarkerWorld, service: string): Promise<string> =>
  (await docker("container", "ls", "--no-trunc", "--format", "{{.ID}}", "--filter", `label=com.docker.swarm.service.name=${service}`))
    .trim()
    .split("\n")[0] ?? "";

const image =
  "    image: local/echo-app:1.0.0\n    stop_grace_period: 1s\n    deploy: {endpoint_mode: dnsrr, update_config: {order: stop-first, monitor: 500ms}}\n";

export const markerCases = (world: () => MarkerWorld, stackOf: (name: string) => string): void => {
  test("each volume that the app can write gets a marker, and for each other volume the reason is given", async () => {
    const stack = stackOf("each");
    await world().deploy(
      stack,
      `services:\n  app:\n${image}    volumes: ["data:/data", "cache:/var/cache", "shared:/shared:ro"]\n  two:\n${image}    volumes: ["shared:/in", "read:/read:ro"]\nvolumes: {data: {}, cache: {}, shared: {}, read: {}}\n`,
    );
    const said: string[] = [];
    const facts = await seedMarkers(wiringOf(world(), said), of(stack, ["cache"]), signal);
    expect([...new Set(facts.markers.map(({ volume }) => volume))]).toEqual([`${stack}_data`, `${stack}_shared`]);
    expect(said).toEqual([expect.stringMatching(/volume cache: .*clearedVolumes/), expect.stringMatching(/volume read: .*reading only/)]);
    expect(await markersSurvived(wiringOf(world())).holds({ ...of(stack), facts }, signal)).toBeNull();
  });

  test("when a container is replaced, the markers are found in the new one", async () => {
    const stack = stackOf("replaced");
    await world().deploy(stack, `services:\n  app:\n${image}    volumes: ["data:/data"]\nvolumes: {data: {}}\n`);
    const facts = await seedMarkers(wiringOf(world()), of(stack), signal);
    const before = await containerOf(world(), `${stack}_app`);
    await world().docker("container", "rm", "--force", before);
    const holds = await markersSurvived(wiringOf(world())).holds({ ...of(stack), facts }, signal);
    expect(holds).toBeNull();
    expect(await containerOf(world(), `${stack}_app`)).not.toBe(before);
  });

  test("when a marker is gone, changed, longer or a folder, it is reported with its volume and name", async () => {
    const stack = stackOf("changed");
    await world().deploy(stack, `services:\n  app:\n${image}    volumes: ["data:/data", "more:/more"]\nvolumes: {data: {}, more: {}}\n`);
    const facts = await seedMarkers(wiringOf(world()), of(stack), signal);
    const container = await containerOf(world(), `${stack}_app`);
    await putIntoContainer(
      world().engine(),
      { container, path: "/data" },
      [{ name: ".recipe-ci-marker-1", content: "x".repeat(100_000), uid: 0, gid: 0, mode: 0o600 }],
      signal,
    );
    await putIntoContainer(
      world().engine(),
      { container, path: "/more" },
      [{ name: ".recipe-ci-marker-2", content: "another", uid: 0, gid: 0, mode: 0o600 }],
      signal,
    );
    const missing = { volume: `${stack}_more`, file: ".never-put", content: "" };
    const lost = await markersSurvived(wiringOf(world())).holds(
      { ...of(stack), facts: { ...facts, markers: [...facts.markers, missing] } },
      signal,
    );
    expect(lost?.split("\n")).toEqual([
      "volume data: .recipe-ci-marker-1 is 100000 bytes now",
      "volume more: .recipe-ci-marker-2 has another content than was put there",
      "volume more: .never-put is gone",
    ]);
  });

  test("after the markers were spoiled, every one of them differs", async () => {
    const stack = stackOf("spoiled");
    await world().deploy(stack, `services:\n  app:\n${image}    volumes: ["data:/data"]\nvolumes: {data: {}}\n`);
    const facts = await seedMarkers(wiringOf(world()), of(stack), signal);
    await spoilMarkers(wiringOf(world()), { ...of(stack), facts }, signal);
    const lost = await markersSurvived(wiringOf(world())).holds({ ...of(stack), facts }, signal);
    expect(lost?.split("\n")).toHaveLength(2);
  });

  test("when no container can write a volume within the time, the call fails and does not answer with an empty list", async () => {
    const stack = stackOf("nobody");
    await world().deploy(stack, `services:\n  app:\n${image}    volumes: ["data:/data:ro"]\nvolumes: {data: {}}\n`);
    const work = {
      engine: world().engine(),
      app: appOf(stack),
      volume: `${stack}_data`,
      doing: "reading a marker in",
      writes: true,
      act: async () => "",
    };
    await expect(withVolume(work, signal, 300)).rejects.toMatchObject({
      code: "volume-unreachable",
      message: expect.stringMatching(/no container that has it mounted/),
    });
    await expect(withVolume({ ...work, volume: `${stack}_other` }, signal)).rejects.toMatchObject({
      code: "volume-unreachable",
      message: expect.stringMatching(/no service of .* mounts the volume/),
    });
  });

  test("when a stop comes, the wait for a container ends", async () => {
    const stack = stackOf("stopped");
    await world().deploy(stack, `services:\n  app:\n${image}    volumes: ["data:/data:ro"]\nvolumes: {data: {}}\n`);
    const stop = new AbortController();
    const work = {
      engine: world().engine(),
      app: appOf(stack),
      volume: `${stack}_data`,
      doing: "reading a marker in",
      writes: true,
      act: async () => "",
    };
    const waiting = withVolume(work, stop.signal);
    await pause(100);
    const began = performance.now();
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(10_000);
  });
};
