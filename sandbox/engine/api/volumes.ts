import { ensureVolume } from "../container/rootfs.js";
import { refuse } from "../refusal.js";
import type { Labels, VolumeDocument } from "../schema.js";
import { newLongId } from "../world/place.js";
import { hasLabels, hasName, parseFilters } from "./filters.js";
import { created, done, ok, type Ask, type Route } from "./route.js";

const find = ({ engine: { world }, of }: Ask): VolumeDocument =>
  world.volumes.get(of("name")) ?? refuse(404, `get ${of("name")}: no such volume`);

export const volumeRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/volumes",
    words: ["volume ls"],
    answer: ({ engine: { world }, query }) => {
      const filters = parseFilters(query, ["label", "name", "dangling"], ["driver"]);
      const used = new Set(world.containers.all().flatMap(({ mounts }) => mounts.map(({ name }) => name)));
      const [dangling] = filters.of("dangling");
      const found = world.volumes
        .all()
        .filter(
          ({ Name, Labels }) =>
            hasLabels(Labels, filters.of("label")) &&
            hasName(Name, filters.of("name")) &&
            (dangling === undefined || used.has(Name) !== ["1", "true"].includes(dangling)),
        );
      return ok({ Volumes: found, Warnings: null });
    },
  },
  {
    method: "POST",
    path: "/volumes/create",
    words: ["volume create"],
    answer: ({ engine: { world }, body }) => {
      const driver = body["Driver"] ?? "local";
      if (driver !== "local" && driver !== "")
        refuse(
          404,
          `create ${String(body["Name"])}: error looking up volume plugin ${String(driver)}: plugin "${String(driver)}" not found`,
        );
      const name = typeof body["Name"] === "string" && body["Name"] !== "" ? body["Name"] : newLongId();
      if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
        refuse(
          400,
          `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
        );
      }
      ensureVolume(world, name, (body["Labels"] as Labels | null | undefined) ?? null);
      return created(world.volumes.get(name));
    },
  },
  { method: "GET", path: "/volumes/:name", words: ["volume inspect"], answer: (ask) => ok(find(ask)) },
  {
    method: "DELETE",
    path: "/volumes/:name",
    words: ["volume rm"],
    answer: (ask) => {
      const { Name } = find(ask);
      const { world, swarm } = ask.engine;
      const users = world.containers.all().filter(({ mounts }) => mounts.some(({ name }) => name === Name));
      if (users.length > 0) refuse(409, `remove ${Name}: volume is in use - [${users.map(({ id }) => id).join(", ")}]`);
      swarm.dropVolume(Name);
      return done;
    },
  },
];
