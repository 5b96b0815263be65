import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { tarOf } from "../../src/effects/docker/tar.js";

interface TestImage {
  readonly manifest: Buffer;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** An image with one file of that size, which no other image shares. */
const makeImage = (bytes: number): TestImage => {
  const layer = tarOf([{ name: "filling", content: randomBytes(bytes / 2).toString("hex"), uid: 0, gid: 0, mode: 0o644 }]);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Cmd: ["/none"] },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  const part = (mediaType: string, blob: Buffer) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: blob.length,
    digest: digestOf(blob),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: part("container.image.v1+json", config),
      layers: [part("image.rootfs.diff.tar", layer)],
    }),
  );
  return { manifest, blobs: new Map([config, layer].map((blob) => [digestOf(blob), blob])) };
};

/** What the registry answers, instead of an image, for names that begin like this. */
const refusals: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  missing: [404, "MANIFEST_UNKNOWN", "manifest unknown"],
  denied: [403, "DENIED", "requested access to the resource is denied"],
  unknown: [401, "UNAUTHORIZED", "authentication required"],
  limited: [429, "TOOMANYREQUESTS", "You have reached your pull rate limit"],
  broken: [503, "UNAVAILABLE", "service unavailable"],
};

export interface RegistryOf {
  readonly imageBytes: number;
  /** A layer is sent in eight parts, with this pause before each. ms */
  readonly partMs?: number;
  /** `user:password`, without which every request is refused. */
  readonly login?: string;
}

export interface TestRegistry {
  /** `127.0.0.1:PORT`: dockerd needs no TLS for a loopback address. */
  readonly address: string;
  /** The largest number of layers that were being sent at the same time. */
  readonly mostAtOnce: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a registry that has an image under every name except those it refuses, and sends it at the wanted speed. */
export const startRegistry = async ({ imageBytes, partMs = 0, login }: RegistryOf): Promise<TestRegistry> => {
  const images = new Map<string, TestImage>();
  const sockets = new Set<Socket>();
  let [underWay, mostAtOnce] = [0, 0];
  const imageOf = (name: string): TestImage => {
    const image = images.get(name) ?? makeImage(imageBytes);
    images.set(name, image);
    return image;
  };
  const sendBlob = async (blob: Buffer, answer: ServerResponse): Promise<void> => {
    const isLayer = blob.length >= imageBytes;
    if (isLayer) mostAtOnce = Math.max(mostAtOnce, (underWay += 1));
    answer.writeHead(200, { "Content-Length": blob.length, "Content-Type": "application/octet-stream" });
    const part = Math.ceil(blob.length / 8);
    for (let at = 0; at < blob.length && !answer.destroyed; at += part) {
      if (isLayer && partMs > 0) await pause(partMs);
      answer.write(blob.subarray(at, at + part));
    }
    answer.end();
    if (isLayer) underWay -= 1;
  };
  const answerTo = async ({ url = "", method, headers: { authorization } }: IncomingMessage, answer: ServerResponse): Promise<void> => {
    if (login !== undefined && authorization !== `Basic ${Buffer.from(login).toString("base64")}`)
      return void answer.writeHead(401, { "WWW-Authenticate": 'Basic realm="tests"' }).end();
    if (url === "/v2/") return void answer.end("{}");
    const [, name = "", kind = "", reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const [status, code, message] = refusals[name.split("/")[0] ?? ""] ?? [];
    if (status !== undefined)
      return void answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify({ errors: [{ code, message }] }));
    const { manifest, blobs } = imageOf(name);
    if (kind === "manifests") {
      const headers = {
        "Content-Type": "application/vnd.docker.distribution.manifest.v2+json",
        "Content-Length": manifest.length,
        "Docker-Content-Digest": digestOf(manifest),
      };
      return void answer.writeHead(200, headers).end(method === "HEAD" ? undefined : manifest);
    }
    const blob = blobs.get(reference);
    if (blob === undefined) return void answer.writeHead(404).end();
    await sendBlob(blob, answer);
  };
  const server = createServer((request, answer) => void answerTo(request, answer).catch(() => answer.destroy()));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    mostAtOnce: () => mostAtOnce,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
};
