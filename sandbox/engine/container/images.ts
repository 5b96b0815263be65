import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";

export interface Image {
  readonly reference: string;
  readonly id: string;
  readonly folder: string;
  readonly command: readonly string[];
  readonly ports: readonly number[];
  /** Whether it has a shell. Apart from that, images contain only node. */
  readonly hasShell: boolean;
}

interface Manifest {
  readonly tags: readonly string[];
  readonly command: readonly string[];
  readonly ports: readonly number[];
  readonly shell?: boolean;
}

/** The bundle is in dist/sandbox, so the examples are two folders up. */
const imagesFolder = join(dirname(dirname(__dirname)), "examples", "images");

/** An image of the sandbox: `local/<name>:<tag>` is a folder of the examples with a manifest that lists the tag. */
export const findImage = (reference: string): Image | null => {
  const [, name, tag] = /^(?:docker\.io\/)?local\/([a-z0-9-]+):([\w.-]+)$/.exec(reference) ?? [];
  if (name === undefined || tag === undefined) return null;
  const folder = join(imagesFolder, name);
  const file = join(folder, "image.json");
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  const manifest = JSON.parse(text) as Manifest;
  if (!manifest.tags.includes(tag)) return null;
  const id = `sha256:${createHash("sha256").update(`${name} ${text}`).digest("hex")}`;
  return { reference, id, folder, command: manifest.command, ports: manifest.ports, hasShell: manifest.shell === true };
};

export const missingImage = (reference: string): string => `the sandbox has no image ${reference}; it has only the examples' images`;
