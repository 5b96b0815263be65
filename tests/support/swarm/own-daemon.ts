import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ask, linesOf, must, startSilent, type Child, type Heard } from "../children.js";
import { until } from "../processes.js";
import { sendSignalIfThere } from "../signal.js";

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // It has ended.
  }
};

/**
 * A dockerd of the test's own that may be restarted: folders, a socket and a network namespace that nobody else uses.
 * Needs root. What talks to its containers' addresses has to be started `within` its namespace.
 */
export class OwnDaemon {
  readonly #root = mkdtempSync(join(tmpdir(), "own-dockerd-"));
  readonly #namespace = basename(this.#root);
  readonly socket = join(this.#root, "docker.sock");
  readonly env = { DOCKER_HOST: `unix://${this.socket}` } as const;
  readonly within = ["nsenter", `--net=/run/netns/${this.#namespace}`] as const;
  #process: Child | null = null;

  /** Resolves once it answers. */
  static async start(): Promise<OwnDaemon> {
    const daemon = new OwnDaemon();
    must("ip", ["netns", "add", daemon.#namespace]);
    must("ip", ["-n", daemon.#namespace, "link", "set", "lo", "up"]);
    // Nothing listens there: a name that cannot be resolved fails at once, and not after half a minute.
    writeFileSync(join(daemon.#root, "resolv.conf"), "nameserver 127.0.0.1\n");
    await daemon.up();
    return daemon;
  }

  docker(...args: readonly string[]): string {
    return must("docker", args, { env: { ...process.env, ...this.env } });
  }

  #ask(...args: readonly string[]): Heard {
    return ask("docker", args, { env: { ...process.env, ...this.env } });
  }

  /** A Swarm of one node that has the images. */
  swarm(...images: readonly string[]): void {
    this.docker("swarm", "init", "--advertise-addr", "127.0.0.1");
    const archive = join(this.#root, "images.tar");
    must("docker", ["save", "--output", archive, ...images]);
    this.docker("load", "--quiet", "--input", archive);
    rmSync(archive);
  }

  async up(): Promise<void> {
    const log = openSync(join(this.#root, "log"), "a");
    const folders = ["data-root", "exec-root"].flatMap((name) => [`--${name}`, join(this.#root, name)]);
    const dockerd = ["dockerd", ...folders, "--pidfile", join(this.#root, "pid"), "--host", this.env.DOCKER_HOST];
    const mount = `mount --bind ${join(this.#root, "resolv.conf")} /etc/resolv.conf && exec "$@"`;
    const [file, ...args] = [...this.within, "unshare", "--mount", "sh", "-c", mount, "sh", ...dockerd];
    this.#process = startSilent(file, args, { output: log });
    closeSync(log);
    await until(
      () => `dockerd is up:\n${readFileSync(join(this.#root, "log"), "utf8").slice(-2_000)}`,
      () => this.#ask("info").code === 0,
      60_000,
    );
  }

  /** Resolves once it has ended, its containers with it. */
  async down(): Promise<void> {
    if (this.#process === null || this.#process.hasEnded()) return;
    this.#process.kill("SIGTERM");
    await this.#process.ends(60_000);
  }

  async restart(): Promise<void> {
    await this.down();
    await this.up();
  }

  /** Helpers of the daemon may outlive it: all of ours name its folder. */
  #members(): readonly number[] {
    return readdirSync("/proc")
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && commandOf(pid).includes(this.#root))
      .map(Number);
  }

  async dispose(): Promise<void> {
    if (this.#process !== null) {
      const left = linesOf(this.#ask("ps", "--all", "--quiet").stdout);
      if (left.length > 0) this.#ask("swarm", "leave", "--force");
    }
    await this.down();
    for (const pid of this.#members()) sendSignalIfThere(pid, "SIGKILL");
    must("ip", ["netns", "del", this.#namespace]);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}
