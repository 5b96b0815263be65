import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { claim, worldPath, type ServiceSpec } from "./world.js";

const within = (rootfs: string, path: string): string => join(rootfs, path.startsWith("/") ? path.slice(1) : path);

const link = (target: string, path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(target, path);
};

/** A named volume is made when a container first needs it, and then kept. */
const useVolume = (stack: string, name: string): string => {
  claim("volumes", name, { id: name, name, labels: { "com.docker.stack.namespace": stack } });
  mkdirSync(worldPath("volume-data", name), { recursive: true });
  return worldPath("volume-data", name);
};

/** The container's file system: links to its volumes, copies of its secrets and configs, and where its neighbours listen. */
export const makeRootfs = (spec: ServiceSpec, rootfs: string): void => {
  mkdirSync(rootfs);
  for (const [volume, path] of Object.entries(spec.volumes)) link(useVolume(spec.stack, volume), within(rootfs, path));
  for (const [kind, things] of [["secret-data", spec.secrets], ["config-data", spec.configs]] as const) {
    for (const [name, path] of Object.entries(things)) {
      mkdirSync(dirname(within(rootfs, path)), { recursive: true });
      copyFileSync(worldPath(kind, name), within(rootfs, path));
    }
  }
  mkdirSync(worldPath("ports", spec.stack), { recursive: true });
  link(worldPath("ports", spec.stack), join(rootfs, ".ports"));
};
