import { findImage, missingImage } from "../container/images.js";
import { refuse } from "../refusal.js";
import { ok, type Route } from "./route.js";

export const imageRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/images/create",
    words: ["pull", "image pull"],
    answer: ({ query }) => {
      const name = query.get("fromImage") ?? "";
      const tag = query.get("tag") ?? "";
      const reference = tag === "" ? name : tag.includes(":") ? `${name}@${tag}` : `${name}:${tag}`;
      if (findImage(reference) === null) refuse(404, `manifest for ${reference} not found: ${missingImage(reference)}`);
      return {
        status: 200,
        headers: { "Content-Type": "application/json" },
        stream: (out) => void out.end(`${JSON.stringify({ status: `Status: Image is up to date for ${reference}` })}\r\n`),
      };
    },
  },
  {
    method: "GET",
    path: "/images/*",
    words: ["image inspect"],
    answer: ({ of }) => {
      const reference = of("*").replace(/\/json$/, "");
      const image = findImage(reference) ?? refuse(404, `no such image: ${reference}: No such image: ${reference}`);
      const Config = {
        Cmd: image.command,
        Entrypoint: null,
        Env: ["PATH=/bin"],
        ExposedPorts: Object.fromEntries(image.ports.map((port) => [`${port}/tcp`, {}])),
        Volumes: null,
        WorkingDir: "/app",
        Labels: null,
      };
      return ok({
        Id: image.id,
        RepoTags: [reference],
        RepoDigests: [],
        Created: "2026-01-01T00:00:00Z",
        Architecture: "amd64",
        Os: "linux",
        Size: 0,
        Config,
      });
    },
  },
];
