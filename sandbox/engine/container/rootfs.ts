import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ContainerSpec, Mount } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { newLongId, now } from "../world/place.js";
import type { TemplateScope } from "../../../src/effects/compose/swarm-template.js";
import { configTarget, secretTarget } from "./file-targets.js";
import { contentOf } from "./templates.js";
import type { World } from "../world/world.js";

/** The place on this machine of a path in the container. A trailing slash is ignored. */
export const within = (rootfs: string, path: string): string => join(rootfs, resolve("/", path));

const link = (target: string, path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(target, path);
};

/** Creates a volume if it does not exist. Not the deploy but the node does that, when a container first needs it. */
export const ensureVolume = (world: World, name: string, labels: Readonly<Record<string, string>> | null): string => {
  const folder = world.place.path("volume-data", name);
  mkdirSync(folder, { recursive: true });
  if (!world.volumes.has(name)) {
    world.volumes.put({ Name: name, CreatedAt: now(), Driver: "local", Labels: labels, Mountpoint: folder, Options: null, Scope: "local" });
    world.bulletin.say("volume", "create", name, { driver: "local" });
  }
  return folder;
};

type MountPoint = ContainerRecord["mounts"][number];

const mountPoint = (world: World, mount: Mount): MountPoint => {
  const common = { type: mount.Type, target: mount.Target, readOnly: mount.ReadOnly === true };
  if (mount.Type === "bind") return { ...common, name: "", source: mount.Source ?? "", anonymous: false };
  if (mount.Type === "tmpfs") return { ...common, name: "", source: "", anonymous: false };
  const anonymous = mount.Source === undefined || mount.Source === "";
  const name = anonymous ? newLongId() : (mount.Source ?? "");
  return { ...common, name, source: ensureVolume(world, name, mount.VolumeOptions?.Labels ?? null), anonymous };
};

const depthOf = (target: string): number => resolve("/", target).split("/").length;

/** The container's file system: links to its volumes and binds, copies of its secrets and configs, and where its neighbours listen. */
export const makeRootfs = (
  world: World,
  spec: ContainerSpec,
  scope: TemplateScope,
  rootfs: string,
  neighbours: string,
): readonly MountPoint[] => {
  mkdirSync(rootfs);
  const mounts = (spec.Mounts ?? []).map((mount) => mountPoint(world, mount));
  // Like the engine, the outer ones first: a mount may be inside another.
  for (const { type, source, target } of mounts.toSorted((one, other) => depthOf(one.target) - depthOf(other.target))) {
    if (type === "tmpfs") mkdirSync(within(rootfs, target), { recursive: true });
    else link(source, within(rootfs, target));
  }
  const files = [
    ...(spec.Secrets ?? []).map(
      (use) => [world.place.path("secret-data", use.SecretName), secretTarget(use), world.secrets.get(use.SecretName)] as const,
    ),
    ...(spec.Configs ?? []).map(
      (use) => [world.place.path("config-data", use.ConfigName), configTarget(use), world.configs.get(use.ConfigName)] as const,
    ),
  ];
  for (const [from, target, kept] of files) {
    const to = within(rootfs, target);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, contentOf(world, spec, kept, from, scope), { mode: 0o600 });
  }
  mkdirSync(neighbours, { recursive: true });
  link(neighbours, join(rootfs, ".ports"));
  return mounts;
};
