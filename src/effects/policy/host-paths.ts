import { posix } from "node:path";

/** A single spelling for each path of the host: `/var/run` is a link to `/run` wherever docker runs. A relative path keeps its dots. */
export const plainPath = (path: string): string => {
  if (!path.startsWith("/")) return path;
  const plain = posix.normalize(path.replace(/^\/+/, "/")).replace(/(?<=.)\/$/, "");
  return plain === "/var/run" || plain.startsWith("/var/run/") ? plain.slice("/var".length) : plain;
};

/** Whether a path is a container engine's socket: whoever has one is root on the host. */
export const isEngineSocket = (path: string): boolean =>
  /(?:^|\/)(?:docker|containerd|podman|crio|dockershim)\.sock$/.test(plainPath(path));

/** Whether the operator allowed a path, for reading only or in full. */
export const pathAllowed = (allowed: readonly string[], path: string, readOnly: boolean): boolean =>
  allowed.some((item) => {
    const onlyToRead = item.endsWith(":ro");
    return plainPath(onlyToRead ? item.slice(0, -":ro".length) : item) === plainPath(path) && (readOnly || !onlyToRead);
  });
