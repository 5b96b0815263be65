import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Caller } from "../shared/caller.js";
import type { CommandLine } from "../shared/words.js";
import { Fatal, fatal } from "./fatal.js";

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Extra {
  readonly env?: Caller["env"];
  readonly input?: string;
}

/** What abra works with. Neither rejects because of an exit code. */
export interface Tools {
  /** The given docker: the sandbox's, or a real engine's client. */
  readonly docker: (args: readonly string[], extra?: Extra) => Promise<Answer>;
  readonly git: (args: readonly string[]) => Promise<Answer>;
  /** Runs the sandbox's own backup service as in its container, if none is deployed. Null over another docker. */
  readonly backupService: ((argv: readonly string[], env: Caller["env"]) => Promise<Answer>) | null;
}

/** One call of abra: who called, what with, and what it works with. */
export class Session {
  readonly caller: Caller;
  readonly line: CommandLine;
  readonly #tools: Tools;

  constructor(caller: Caller, line: CommandLine, tools: Tools) {
    this.caller = caller;
    this.line = line;
    this.#tools = tools;
  }

  /** Null too if the caller wants a Swarm without one: SANDBOX_BACKUP_SERVICE=none. */
  get backupService(): Tools["backupService"] {
    return this.caller.env["SANDBOX_BACKUP_SERVICE"] === "none" ? null : this.#tools.backupService;
  }

  get abraDir(): string {
    return this.caller.env["ABRA_DIR"] || join(this.caller.env["HOME"] || homedir(), ".abra");
  }

  has(...names: readonly string[]): boolean {
    return this.line.flag(...names).length > 0;
  }

  get isChaos(): boolean {
    return this.has("-C", "--chaos");
  }

  say(level: "INFO" | "WARN" | "FATA", text: string): void {
    this.caller.out(`${level} ${text}\n`);
  }

  /** If the caller was killed, nothing more is done. */
  #goOn(): void {
    if (this.caller.isGone()) throw new Fatal("killed");
  }

  /** Writes an app's .env. */
  write(file: string, content: string): void {
    this.#goOn();
    writeFileSync(file, content);
  }

  async docker(args: readonly string[], extra: Extra = {}): Promise<Answer> {
    this.#goOn();
    return this.#tools.docker(args, extra);
  }

  async mustDocker(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.docker(args);
    return code === 0 ? stdout : fatal(stderr.trim().split("\n").at(-1) ?? "docker failed");
  }

  /** The rows of a listing. */
  async rows(...args: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]> {
    const text = await this.mustDocker([...args, "--format", "{{json .}}"]);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, string>);
  }

  /** The names of a listing, by the exact prefix. */
  async listed(kind: string, stack: string): Promise<readonly string[]> {
    return (await this.rows(kind, "ls")).map(({ Name = "" }) => Name).filter((name) => name.startsWith(`${stack}_`));
  }

  async git(folder: string, ...args: readonly string[]): Promise<Answer> {
    this.#goOn();
    return this.#tools.git(["-C", folder, ...args]);
  }

  async mustGit(folder: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.git(folder, ...args);
    return code === 0 ? stdout.trim() : fatal(stderr.trim().split("\n").at(-1) ?? "git failed");
  }
}
