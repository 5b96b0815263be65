import { posix } from "node:path";

/** One spelling for each path of the host; `/var/run` is a link to `/run` wherever docker runs. A relative path keeps its dots. */
export const plainPath = (path: string): string => {
  if (!path.startsWith("/")) return path;
  const plain = posix.normalize(path.replace(/^\/+/, "/")).replace(/(?<=.)\/$/, "");
  return plain === "/var/run" || plain.startsWith("/var/run/") ? plain.slice("/var".length) : plain;
};

/** Whoever has one of these is root on the host, whatever else is refused. */
export const isEngineSocket = (path: string): boolean => /(?:^|\/)(?:docker|containerd|podman|crio|dockershim)\.sock$/.test(plainPath(path));

/** What the operator allowed for a path: nothing, to read it, or all. */
export const pathAllowed = (allowed: readonly string[], path: string, readOnly: boolean): boolean =>
  allowed.some((item) => {
    const onlyToRead = item.endsWith(":ro");
    return plainPath(onlyToRead ? item.slice(0, -":ro".length) : item) === plainPath(path) && (readOnly || !onlyToRead);
  });
