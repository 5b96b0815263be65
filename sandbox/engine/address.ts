import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The kernel's limit for a socket's path, with the closing zero byte. */
const socketPathMax = 107;

/** Removes the folders of killed engines of this sandbox: we have its lock, so none of them lives. */
const removeFarFolders = (prefix: string): void => {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    if (lstatSync(path).uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
  }
};

/** In the engine's folder, or in one of its own if that path would be too long. */
const socketPath = (root: string, folder: string): string => {
  const near = join(folder, "engine.sock");
  if (Buffer.byteLength(near) < socketPathMax) return near;
  const prefix = `recipe-ci-engine-${createHash("sha256").update(root).digest("hex").slice(0, 12)}-`;
  removeFarFolders(prefix);
  return join(mkdtempSync(join(tmpdir(), prefix)), "engine.sock");
};

const away = (path: string): string => `${path}.away`;

/** Where clients find the engine: its socket, and the card in the sandbox's folder that tells its path. */
export class Address {
  readonly socket: string;
  readonly #folder: string;
  readonly #card: string;

  constructor(root: string, folder: string) {
    this.#folder = folder;
    this.#card = join(root, "engine.json");
    this.socket = socketPath(root, folder);
    rmSync(this.socket, { force: true });
  }

  /** Call it when the engine listens at its socket. */
  publish(): void {
    writeFileSync(`${this.#card}.new`, JSON.stringify({ socket: this.socket, pid: process.pid }), { mode: 0o600 });
    renameSync(`${this.#card}.new`, this.#card);
  }

  /** From here on a new client does not find the engine. One that is connected stays so. */
  hide(): void {
    for (const path of [this.#card, this.socket]) renameSync(path, away(path));
  }

  show(): void {
    for (const path of [this.socket, this.#card]) renameSync(away(path), path);
  }

  remove(): void {
    for (const path of [this.#card, away(this.#card), this.socket, away(this.socket)]) rmSync(path, { force: true });
    if (!this.socket.startsWith(this.#folder)) rmSync(join(this.socket, ".."), { recursive: true, force: true });
  }
}
