import { constants } from "node:os";
import { tellOfContainer } from "../container/events.js";
import { signalGroup } from "../container/group.js";
import { isSignal } from "../../../src/effects/compose/engine-words.js";
import { asSignal, unsupportedNumber } from "../container/signals.js";
import { refuse, refuseUnknown } from "../refusal.js";
import type { ContainerRecord } from "../world/records.js";
import type { World } from "../world/world.js";
import { containerDocument, containerSummary } from "./container-documents.js";
import { hasId, hasLabels, hasName, isOneOf, parseFilters } from "./filters.js";
import { logsOf } from "./log-stream.js";
import { done, ok, type Ask, type Route } from "./route.js";

export const findContainer = ({ engine: { world }, of }: Ask): ContainerRecord =>
  world.findContainer(of("id")) ?? refuse(404, `No such container: ${of("id")}`);

/** Resolves when the container has ended, or after `withinMs`. */
const ended = async (world: World, id: string, withinMs: number): Promise<boolean> => {
  const end = Date.now() + withinMs;
  for (;;) {
    const container = world.containers.get(id);
    if (container === null || container.state === "exited") return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Called before the signal, so that nobody learns of the end first. */
const tellOfKill = ({ bulletin }: World, container: ContainerRecord, signal: NodeJS.Signals): void =>
  tellOfContainer(bulletin, "kill", container, { signal: String(constants.signals[signal]) });

const stop = async (ask: Ask): Promise<void> => {
  const { world } = ask.engine;
  const container = findContainer(ask);
  const graceMs = ask.query.get("t") === null ? container.stopGraceMs : Number(ask.query.get("t")) * 1_000;
  tellOfKill(world, container, container.stopSignal);
  signalGroup(container.pid, container.stopSignal);
  if (!(await ended(world, container.id, graceMs))) {
    signalGroup(container.pid, "SIGKILL");
    await ended(world, container.id, 5_000);
  }
  tellOfContainer(world.bulletin, "stop", container);
};

export const containerRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/containers/json",
    words: ["container ls", "container ps", "container list", "ps"],
    answer: ({ engine: { world }, query, is }) => {
      const filters = parseFilters(
        query,
        ["ancestor", "id", "label", "name", "network", "status", "volume", "health", "exited"],
        ["is-task", "since", "before", "expose", "publish", "isolation"],
      );
      const isAsked = (container: ContainerRecord): boolean => {
        if (filters.of("status").length > 0) return filters.of("status").includes(container.state);
        return is("all") || container.state !== "exited";
      };
      const found = world.containers
        .all()
        .filter(
          (container) =>
            isAsked(container) &&
            hasLabels(container.labels, filters.of("label")) &&
            hasName(container.name, filters.of("name")) &&
            hasId(container.id, filters.of("id")) &&
            isOneOf(container.health, filters.of("health")) &&
            isOneOf(String(container.exitCode), filters.of("exited")) &&
            isOneOf(container.image, filters.of("ancestor")) &&
            (filters.of("volume").length === 0 ||
              container.mounts.some(({ name, target }) => filters.of("volume").includes(name) || filters.of("volume").includes(target))) &&
            (filters.of("network").length === 0 ||
              container.networks.some(
                (id) => filters.of("network").includes(id) || filters.of("network").includes(world.findNetwork(id)?.Name ?? ""),
              )),
        );
      return ok(
        found.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).map((container) => containerSummary(world, container)),
      );
    },
  },
  {
    method: "GET",
    path: "/containers/:id/json",
    words: ["container inspect", "inspect"],
    answer: (ask) => ok(containerDocument(ask.engine.world, findContainer(ask))),
  },
  {
    method: "GET",
    path: "/containers/:id/logs",
    words: ["container logs", "logs"],
    answer: (ask) => {
      const task = ask.engine.world.tasks.get(findContainer(ask).taskId);
      return logsOf(ask, () => (task === null ? [] : [task.task]));
    },
  },
  {
    method: "POST",
    path: "/containers/:id/stop",
    words: ["container stop", "stop"],
    answer: async (ask) => {
      if (findContainer(ask).state !== "running") return { status: 304 };
      await stop(ask);
      return done;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/kill",
    words: ["container kill", "kill"],
    answer: (ask) => {
      const name = ask.query.get("signal") || "KILL";
      if (!isSignal(name)) refuse(400, `Invalid signal: ${name}`);
      const cannot = (status: number, why: string): never => refuse(status, `Cannot kill container: ${ask.of("id")}: ${why}`);
      const container = ask.engine.world.findContainer(ask.of("id")) ?? cannot(404, `No such container: ${ask.of("id")}`);
      const unsupported = unsupportedNumber(name);
      if (unsupported !== null) cannot(500, `The linux daemon does not support signal ${unsupported}`);
      if (container.state !== "running") cannot(409, `Container ${container.id} is not running`);
      const signal = asSignal(name);
      if (constants.signals[signal] === undefined) refuseUnknown(`the signal ${name}`);
      tellOfKill(ask.engine.world, container, signal);
      signalGroup(container.pid, signal);
      return done;
    },
  },
  {
    method: "DELETE",
    path: "/containers/:id",
    words: ["container rm", "rm"],
    answer: (ask) => {
      const container = findContainer(ask);
      if (container.state === "running" && !ask.is("force")) {
        refuse(409, `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`);
      }
      ask.engine.swarm.forget(container, ask.is("v"));
      return done;
    },
  },
];
