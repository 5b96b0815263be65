import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.js";
import { childrenOf, expectNoProcesses, isAlive, processesWith, until } from "../processes.js";
import { fileOf } from "../programs.js";
import { sendSignalIfThere } from "../signal.js";
import { must, startProcess, type StartedProcess } from "../children.js";

/** In the environment of each ssh that was started to come to an sshd: the folder of that one. */
const mark = "RECIPE_CI_TEST_SSHD";

const descendantsOf = (pid: number): readonly number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

const makeKey = (file: string, passphrase = ""): void =>
  void must("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", file]);

/** Where sshd, started by root, gives up its rights. The init of a host makes it; here there may have been none. */
const makePrivilegeFolder = (): void => {
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
};

/**
 * A real sshd on a port of the loopback, for our own user, and what a client needs to come in: a key that it accepts, and
 * its own key as the one that is known. Whoever comes in finds the docker client on the PATH, and by it that socket's engine.
 *
 * ssh reads the settings of whoever is in passwd, whatever HOME says: `path` begins with a folder whose `ssh` names ours.
 */
export class Sshd {
  readonly folder = mkdtempSync(join(tmpdir(), "sshd-"));
  readonly #more: readonly string[];
  readonly #socket: string;
  readonly #program = fileOf("sshd");
  readonly #ssh = fileOf("ssh");
  #port = 0;
  #started: StartedProcess | undefined;

  private constructor(socket: string, more: readonly string[]) {
    this.#socket = socket;
    this.#more = more;
  }

  /** `more`: lines of its settings, which count before ours. */
  static async start(socket: string, more: readonly string[] = []): Promise<Sshd> {
    const sshd = new Sshd(socket, more);
    sshd.#makeClient();
    await sshd.up();
    return sshd;
  }

  /** What a docker client needs to come here. */
  get env(): { readonly DOCKER_HOST: string; readonly PATH: string } {
    return {
      DOCKER_HOST: `ssh://${userInfo().username}@127.0.0.1:${this.#port}`,
      PATH: `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`,
    };
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Every ssh that was started to come here, the living and the dead. */
  clients(): readonly number[] {
    const file = this.at("clients");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  }

  /** Those that live, by what they were started with: the number of a dead one may be another process's by now. */
  living(): readonly number[] {
    return processesWith(mark, this.folder);
  }

  /** The sshd of each connection, and what it has started there. */
  sessions(): readonly number[] {
    return this.#started === undefined ? [] : descendantsOf(this.#started.pid);
  }

  /** Listens again, on the port that it had. */
  async up(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      if (this.#port === 0) this.#settle(await freePort());
      const started = startProcess(this.#program, ["-D", "-e", "-f", this.at("sshd.conf")], { env: { PATH: process.env["PATH"] } });
      this.#started = started;
      await until("sshd listens", () => started.hasEnded() || started.said.stderr.includes("Server listening"));
      if (!started.hasEnded()) return;
      // Between our look and its start somebody else may have taken the port.
      if (tries === 3 || !started.said.stderr.includes("Address already in use")) throw new Error(`sshd: ${started.said.stderr}`);
      this.#port = 0;
    }
  }

  /** Kills it with all its connections, at once. */
  async down(): Promise<void> {
    const { pid = 0, ended } = this.#started ?? {};
    if (pid === 0) return;
    for (const one of [pid, ...this.sessions()]) sendSignalIfThere(one, "SIGKILL");
    this.#started = undefined;
    await ended;
  }

  /** What it has written so far. */
  log(): string {
    return this.#started?.said.stderr ?? "";
  }

  async close(): Promise<void> {
    const sessions = this.sessions();
    await this.down();
    await expectNoProcesses(() => [...this.living(), ...sessions.filter(isAlive)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** From now on the client has another key; `locked`: with a passphrase, for which nobody can be asked. */
  giveKey({ accepted, locked = false }: { readonly accepted: boolean; readonly locked?: boolean }): void {
    for (const file of ["user", "user.pub"]) rmSync(this.at(file), { force: true });
    makeKey(this.at("user"), locked ? "a passphrase" : "");
    if (accepted) copyFileSync(this.at("user.pub"), this.at("authorized"));
  }

  /** What the client takes for this host's key. */
  makeKnown(which: "none" | "another" | "this"): void {
    const key = readFileSync(this.at(which === "this" ? "host.pub" : "user.pub"), "utf8");
    writeFileSync(this.at("known"), which === "none" ? "" : `[127.0.0.1]:${this.#port} ${key}`);
  }

  /** What is run there from now on, whatever is asked for. */
  forceCommand(command: string): void {
    writeFileSync(this.at("authorized"), `command="${command}" ${readFileSync(this.at("user.pub"), "utf8")}`);
  }

  /** As it was at the start. */
  mend(): void {
    this.makeKnown("this");
    this.giveKey({ accepted: true });
  }

  /** A PATH with the docker client, and no ssh. */
  pathWithoutSsh(): string {
    const folder = this.at("only-docker");
    mkdirSync(folder);
    symlinkSync(fileOf("docker"), join(folder, "docker"));
    return folder;
  }

  #makeClient(): void {
    makePrivilegeFolder();
    makeKey(this.at("host"));
    this.giveKey({ accepted: true });
    mkdirSync(this.at("bin"));
    const settings = [
      "Host *",
      `IdentityFile ${this.at("user")}`,
      "IdentitiesOnly yes",
      "IdentityAgent none",
      `UserKnownHostsFile ${this.at("known")}`,
      "GlobalKnownHostsFile /dev/null",
    ];
    writeFileSync(this.at("ssh.conf"), `${settings.join("\n")}\n`);
    writeFileSync(
      this.at("bin/ssh"),
      `#!/bin/sh\necho $$ >>${this.at("clients")}\n${mark}=${this.folder} exec ${this.#ssh} -F ${this.at("ssh.conf")} "$@"\n`,
      { mode: 0o755 },
    );
  }

  #settle(port: number): void {
    this.#port = port;
    const settings = [
      ...this.#more,
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      `HostKey ${this.at("host")}`,
      "PidFile none",
      `AuthorizedKeysFile ${this.at("authorized")}`,
      "AuthenticationMethods publickey",
      // The folder lies below one that anybody may write to; whoever is locked out of a password may still have a key.
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin prohibit-password",
      `SetEnv PATH=${process.env["PATH"] ?? ""} DOCKER_HOST=unix://${this.#socket}`,
    ];
    writeFileSync(this.at("sshd.conf"), `${settings.join("\n")}\n`);
    this.makeKnown("this");
  }
}
