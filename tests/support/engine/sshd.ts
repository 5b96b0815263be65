import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.js";
import { childrenOf, expectNoProcesses, isAlive, processesWith, until } from "../processes.js";
import { fileOf } from "../programs.js";
import { sendSignalIfThere } from "../signal.js";
import { must, startProcess, type StartedProcess } from "../children.js";

/** A variable in the environment of each ssh client of an sshd. Its value is that sshd's folder. */
const mark = "RECIPE_CI_TEST_SSHD";

const descendantsOf = (pid: number): readonly number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

const makeKey = (file: string, passphrase = ""): void =>
  void must("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", file]);

/** Makes the folder that sshd needs for privilege separation if root starts it. A host's init makes it, but here there may be none. */
const makePrivilegeFolder = (): void => {
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
};

/**
 * A real sshd on a loopback port, for our own user, with what a client needs to log in: an accepted key, and the sshd's host key as a
 * known one. After login the docker client is on the PATH and talks to the engine at the given socket.
 *
 * ssh ignores HOME and reads its settings from the home folder in passwd. So the PATH in `env` begins with a folder whose `ssh` calls
 * the real one with our settings.
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

  /** `more`: lines of sshd's settings, which take precedence over ours. */
  static async start(socket: string, more: readonly string[] = []): Promise<Sshd> {
    const sshd = new Sshd(socket, more);
    sshd.#makeClient();
    await sshd.up();
    return sshd;
  }

  /** The environment with which a docker client connects to this sshd. */
  get env(): { readonly DOCKER_HOST: string; readonly PATH: string } {
    return {
      DOCKER_HOST: `ssh://${userInfo().username}@127.0.0.1:${this.#port}`,
      PATH: `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`,
    };
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** The process ids of all ssh clients ever started for this sshd, dead ones included. */
  clients(): readonly number[] {
    const file = this.at("clients");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  }

  /** The living ssh clients. Found by their environment, because a dead one's process id may have been reused. */
  living(): readonly number[] {
    return processesWith(mark, this.folder);
  }

  /** The sshd process of each connection, and the processes it started. */
  sessions(): readonly number[] {
    return this.#started === undefined ? [] : descendantsOf(this.#started.pid);
  }

  /** Starts sshd; after `down` on the same port as before. */
  async up(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      if (this.#port === 0) this.#settle(await freePort());
      const started = startProcess(this.#program, ["-D", "-e", "-f", this.at("sshd.conf")], { env: { PATH: process.env["PATH"] } });
      this.#started = started;
      await until("sshd listens", () => started.hasEnded() || started.said.stderr.includes("Server listening"));
      if (!started.hasEnded()) return;
      // Another process may have taken the port since we found it free.
      if (tries === 3 || !started.said.stderr.includes("Address already in use")) throw new Error(`sshd: ${started.said.stderr}`);
      this.#port = 0;
    }
  }

  /** Kills sshd and all its connections at once. */
  async down(): Promise<void> {
    const { pid = 0, ended } = this.#started ?? {};
    if (pid === 0) return;
    for (const one of [pid, ...this.sessions()]) sendSignalIfThere(one, "SIGKILL");
    this.#started = undefined;
    await ended;
  }

  /** What sshd has logged since its last start. */
  log(): string {
    return this.#started?.said.stderr ?? "";
  }

  async close(): Promise<void> {
    const sessions = this.sessions();
    await this.down();
    await expectNoProcesses(() => [...this.living(), ...sessions.filter(isAlive)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Gives the client a new key. `locked`: the key has a passphrase, and there is nobody to ask for it. */
  giveKey({ accepted, locked = false }: { readonly accepted: boolean; readonly locked?: boolean }): void {
    for (const file of ["user", "user.pub"]) rmSync(this.at(file), { force: true });
    makeKey(this.at("user"), locked ? "a passphrase" : "");
    if (accepted) copyFileSync(this.at("user.pub"), this.at("authorized"));
  }

  /** Sets which key the client knows as this host's. */
  makeKnown(which: "none" | "another" | "this"): void {
    const key = readFileSync(this.at(which === "this" ? "host.pub" : "user.pub"), "utf8");
    writeFileSync(this.at("known"), which === "none" ? "" : `[127.0.0.1]:${this.#port} ${key}`);
  }

  /** From now on sshd runs this command, whatever the client asks for. */
  forceCommand(command: string): void {
    writeFileSync(this.at("authorized"), `command="${command}" ${readFileSync(this.at("user.pub"), "utf8")}`);
  }

  /** Restores the client's key and the known host key as at the start. */
  mend(): void {
    this.makeKnown("this");
    this.giveKey({ accepted: true });
  }

  /** A PATH with the docker client but without ssh. */
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
      // No strict modes: the folder is below one that everybody may write to. No PAM: an account with a locked password may use its key.
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin prohibit-password",
      `SetEnv PATH=${process.env["PATH"] ?? ""} DOCKER_HOST=unix://${this.#socket}`,
    ];
    writeFileSync(this.at("sshd.conf"), `${settings.join("\n")}\n`);
    this.makeKnown("this");
  }
}
