/**
 * The sandbox's engine: one process per sandbox, started by the first caller that needs it, under the lock that allows
 * only one (shared/call.sh). See docs/sandbox.md.
 */
import { closeSync, openSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Faults } from "../shared/faults.js";
import { Address } from "./address.js";
import type { Engine } from "./api/route.js";
import { layOutPrograms } from "./container/image-programs.js";
import { Door } from "./door/door.js";
import { createApi } from "./http.js";
import { Swarm } from "./swarm/swarm.js";
import { Place } from "./world/place.js";
import { World } from "./world/world.js";

const root = process.env["SANDBOX_ENGINE"] ?? "";
const folder = join(root, "engine");

/** How often it tidies and checks whether it is still needed. ms */
const tickMs = 50;
/** It ends after this long without a connection and without anything running. ms */
const idleMs = 1_000;
/** How long to wait for connections that the kernel accepted before our socket was moved away. ms */
const lastCallMs = 30;

/** Our starter waits for the end of our stdout: from then on we answer. */
const sayReady = (): void => {
  closeSync(1);
  openSync("/dev/null", "w");
};

const listen = (server: Server, path: string): Promise<void> => new Promise((resolve) => server.listen(path, resolve));

/** Returns how many connections a server has at the time of the call. */
const countConnections = (server: Server): (() => number) => {
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => (connections -= 1));
  });
  return () => connections;
};

/** Returns a function to call at each tick: once nothing has been wanted for `idleMs`, it calls `leave`, which may decide to stay. */
const leavingWhenIdle = (isWanted: () => boolean, leave: () => Promise<void>): (() => void) => {
  let idleSince = Date.now();
  let isLeaving = false;
  return () => {
    if (isWanted()) idleSince = Date.now();
    else if (Date.now() - idleSince >= idleMs && !isLeaving) {
      isLeaving = true;
      void leave().finally(() => {
        isLeaving = false;
        idleSince = Date.now();
      });
    }
  };
};

/** Tidies at each tick until the engine ends: when nobody wants it, when its world was deleted, or by SIGTERM. */
const keepUntilLeft = ({ world, swarm }: Engine, address: Address, door: Door, connections: () => number): void => {
  const leave = (): never => {
    address.remove();
    process.exit(0);
  };
  const killAndLeave = (): never => {
    swarm.killAll();
    return leave();
  };
  const isWanted = (): boolean => connections() > 0 || door.isBusy || swarm.isBusy;
  /** From here on a new caller finds no engine and starts the next. One that came before is still let in, and we stay for it. */
  const leaveUnlessWanted = async (): Promise<void> => {
    if (!door.close()) return;
    address.hide();
    await pause(lastCallMs);
    if (!isWanted() || !world.place.isThere()) leave();
    address.show();
    door.open();
  };
  const leaveIfIdle = leavingWhenIdle(isWanted, leaveUnlessWanted);
  setInterval(() => {
    if (!world.place.isThere()) killAndLeave();
    swarm.tidy();
    door.tidy();
    leaveIfIdle();
  }, tickMs);
  process.on("SIGTERM", killAndLeave);
};

const serve = async (): Promise<void> => {
  const world = new World(new Place(root));
  layOutPrograms(world.place);
  const faults = new Faults(root);
  const swarm = new Swarm(world, faults);
  const engine: Engine = { world, swarm, faults };
  swarm.pickUp();
  const server = createApi(engine);
  const connections = countConnections(server);
  const address = new Address(root, folder);
  await listen(server, address.socket);
  const door = new Door(engine, folder);
  keepUntilLeft(engine, address, door, connections);
  address.publish();
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
