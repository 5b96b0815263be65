import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const kinds = ["services", "tasks", "containers", "volumes", "secrets", "configs", "networks"] as const;
export type Kind = (typeof kinds)[number];

const dataFolders = ["volume-data", "secret-data", "config-data", "logs", "rootfs", "ports", "programs", "tmp"] as const;

/** The folder of a sandbox's world. It is created only when the engine starts: the engine must not bring a deleted world back. */
export class Place {
  readonly root: string;
  readonly #inode: number;

  constructor(root: string) {
    this.root = root;
    for (const folder of [...kinds, ...dataFolders]) mkdirSync(this.path(folder), { recursive: true });
    this.#inode = statSync(this.path()).ino;
  }

  path(...parts: readonly string[]): string {
    return join(this.root, "world", ...parts);
  }

  /** False once the folder was deleted or replaced. */
  isThere(): boolean {
    return existsSync(this.path("tmp")) && statSync(this.path(), { throwIfNoEntry: false })?.ino === this.#inode;
  }
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** 25 characters, like the Swarm's own ids. */
export const newId = (): string => Array.from(randomBytes(25), (byte) => alphabet[byte % alphabet.length] ?? "0").join("");

/** 64 hexadecimal digits, like a container's id. */
export const newLongId = (): string => randomBytes(32).toString("hex");

export const now = (): string => new Date().toISOString();
