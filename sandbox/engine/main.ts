/**
 * The sandbox's engine: one process per sandbox, started by the first caller that needs it, under the lock that allows
 * only one (shared/call.sh). See docs/sandbox.md.
 */
import { createHash } from "node:crypto";
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Faults } from "../shared/faults.js";
import type { Engine } from "./api/route.js";
import { layOutPrograms } from "./container/image-programs.js";
import { Door } from "./door/door.js";
import { createApi } from "./http.js";
import { Swarm } from "./swarm/swarm.js";
import { Place } from "./world/place.js";
import { World } from "./world/world.js";

const root = process.env["SANDBOX_ENGINE"] ?? "";
const folder = join(root, "engine");
const card = join(root, "engine.json");

/** How often it tidies and checks whether it is still needed. ms */
const tickMs = 50;
/** It ends after this long without a connection and without anything running. ms */
const idleMs = 1_000;
/** How long to wait for connections that the kernel accepted before our socket was moved away. ms */
const lastCallMs = 30;
/** The kernel's limit for a socket's path, with the closing zero byte. */
const socketPathMax = 107;

/** Removes the folders of killed engines of this sandbox: we have its lock, so none of them lives. */
const removeFarFolders = (prefix: string): void => {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    if (lstatSync(path).uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
  }
};

const socketPath = (): string => {
  const near = join(folder, "engine.sock");
  if (Buffer.byteLength(near) < socketPathMax) return near;
  const prefix = `recipe-ci-engine-${createHash("sha256").update(root).digest("hex").slice(0, 12)}-`;
  removeFarFolders(prefix);
  return join(mkdtempSync(join(tmpdir(), prefix)), "engine.sock");
};

/** Our starter waits for the end of our stdout: from then on we answer. */
const sayReady = (): void => {
  closeSync(1);
  openSync("/dev/null", "w");
};

const away = (path: string): string => `${path}.away`;

const listen = (server: Server, path: string): Promise<void> => new Promise((resolve) => server.listen(path, resolve));

const serve = async (): Promise<void> => {
  const world = new World(new Place(root));
  layOutPrograms(world.place);
  const faults = new Faults(root);
  const swarm = new Swarm(world, faults);
  const engine: Engine = { world, swarm, faults };
  swarm.pickUp();
  const server = createApi(engine);
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => (connections -= 1));
  });
  const socket = socketPath();
  rmSync(socket, { force: true });
  await listen(server, socket);
  const door = new Door(engine, folder);
  const leave = (): never => {
    for (const path of [card, away(card), socket, away(socket)]) rmSync(path, { force: true });
    if (!socket.startsWith(folder)) rmSync(join(socket, ".."), { recursive: true, force: true });
    process.exit(0);
  };
  const isWanted = (): boolean => connections > 0 || door.isBusy || swarm.isBusy;
  /** From here on a new caller finds no engine and starts the next. One that came before is still let in, and we stay for it. */
  const leaveUnlessWanted = async (): Promise<void> => {
    if (!door.close()) return;
    for (const path of [card, socket]) renameSync(path, away(path));
    await pause(lastCallMs);
    if (!isWanted() || !world.place.isThere()) leave();
    for (const path of [socket, card]) renameSync(away(path), path);
    door.open();
  };
  let idleSince = Date.now();
  let isLeaving = false;
  setInterval(() => {
    if (!world.place.isThere()) {
      swarm.killAll();
      leave();
    }
    swarm.tidy();
    door.tidy();
    if (isWanted()) idleSince = Date.now();
    else if (Date.now() - idleSince >= idleMs && !isLeaving) {
      isLeaving = true;
      void leaveUnlessWanted().finally(() => {
        isLeaving = false;
        idleSince = Date.now();
      });
    }
  }, tickMs);
  process.on("SIGTERM", () => {
    swarm.killAll();
    leave();
  });
  writeFileSync(`${card}.new`, JSON.stringify({ socket, pid: process.pid }), { mode: 0o600 });
  renameSync(`${card}.new`, card);
  sayReady();
};

const run = async (): Promise<void> => {
  if (root === "") throw new Error("SANDBOX_ENGINE is not set: start the sandbox's docker instead, which starts its engine");
  await serve();
};

run().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
