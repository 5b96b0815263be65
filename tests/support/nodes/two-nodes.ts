import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ask, linesOf, must, startSilent, type Child } from "../children.js";

/** A dockerd in a network namespace of its own, with a private /run, so that its socket is where a node's is. */
export class DockerNode {
  readonly name: string;
  readonly address: string;
  readonly #folder: string;
  readonly #netns: string;
  #daemon: Child | undefined;

  constructor(root: string, name: string, address: string, netns: string) {
    this.name = name;
    this.address = address;
    this.#folder = join(root, name);
    this.#netns = netns;
    for (const folder of ["run", "data"]) mkdirSync(join(this.#folder, folder), { recursive: true });
    // A name server that refuses at once: without one each submit waits 30 s for an answer.
    writeFileSync(join(this.#folder, "resolv.conf"), "nameserver 127.0.0.1\n");
  }

  get host(): string {
    return `unix://${join(this.#folder, "run/docker.sock")}`;
  }

  get log(): string {
    return join(this.#folder, "dockerd.log");
  }

  docker(...args: readonly string[]): string {
    return must("docker", ["--host", this.host, ...args]);
  }

  lines(...args: readonly string[]): readonly string[] {
    return linesOf(this.docker(...args));
  }

  answers(): boolean {
    return ask("docker", ["--host", this.host, "info"]).code === 0;
  }

  async start(): Promise<void> {
    const log = openSync(this.log, "a");
    // nsenter and not `ip netns exec`, which mounts a /sys of its own, without the devices cgroup.
    const inside = `mount --bind ${this.#folder}/run /run && mount --bind ${this.#folder}/resolv.conf /etc/resolv.conf && hostname ${this.name} && exec dockerd --data-root ${this.#folder}/data --exec-root /run/docker --pidfile /run/docker.pid --host unix:///run/docker.sock`;
    this.#daemon = startSilent(
      "nsenter",
      [`--net=/run/netns/${this.#netns}`, "unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", inside],
      { output: log },
    );
    closeSync(log);
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (this.answers()) return;
      if (this.#daemon.hasEnded()) break;
      await pause(200);
    }
    throw new Error(`dockerd ${this.name} did not come up: see ${this.log}`);
  }

  /** By its own pid: nobody else's daemon. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#daemon === undefined || this.#daemon.hasEnded()) return;
    this.#daemon.kill(signal);
    await this.#daemon.ends(60_000);
  }
}

/** A Swarm of two: `manager` runs recipe-ci's docker, `worker` is the other. The folder and the namespaces are this call's own. */
export class TwoNodes {
  readonly root = mkdtempSync(join(tmpdir(), "two-nodes-"));
  readonly #id = `rc${process.pid.toString(36)}`;
  readonly manager: DockerNode;
  readonly worker: DockerNode;

  constructor() {
    this.manager = new DockerNode(this.root, "manager", "10.213.7.1", `${this.#id}m`);
    this.worker = new DockerNode(this.root, "worker", "10.213.7.2", `${this.#id}w`);
  }

  async up(images: readonly string[]): Promise<void> {
    this.#wire();
    await Promise.all([this.manager.start(), this.worker.start()]);
    for (const node of [this.manager, this.worker]) must("sh", ["-c", `docker save ${images.join(" ")} | docker --host ${node.host} load`]);
    this.manager.docker("swarm", "init", "--advertise-addr", this.manager.address, "--dispatcher-heartbeat", "2s");
    const token = this.manager.docker("swarm", "join-token", "--quiet", "worker");
    this.worker.docker("swarm", "join", "--token", token, "--advertise-addr", this.worker.address, `${this.manager.address}:2377`);
  }

  /** A bridge in a namespace of its own: in the host's, Docker's FORWARD policy would drop what crosses it. */
  #wire(): void {
    const middle = `${this.#id}b`;
    must("ip", ["netns", "add", middle]);
    must("ip", ["-n", middle, "link", "add", "br0", "type", "bridge"]);
    must("ip", ["-n", middle, "link", "set", "br0", "up"]);
    for (const [suffix, node] of [
      ["m", this.manager],
      ["w", this.worker],
    ] as const) {
      const netns = `${this.#id}${suffix}`;
      must("ip", ["netns", "add", netns]);
      must("ip", ["-n", netns, "link", "set", "lo", "up"]);
      must("ip", ["-n", netns, "link", "add", "eth0", "type", "veth", "peer", "name", `p${suffix}`, "netns", middle]);
      must("ip", ["-n", netns, "address", "add", `${node.address}/24`, "dev", "eth0"]);
      must("ip", ["-n", netns, "link", "set", "eth0", "up"]);
      must("ip", ["-n", middle, "link", "set", `p${suffix}`, "master", "br0"]);
      must("ip", ["-n", middle, "link", "set", `p${suffix}`, "up"]);
    }
  }

  async down(): Promise<void> {
    await Promise.all([this.worker.stop(), this.manager.stop()]);
    for (const suffix of ["m", "w", "b"]) ask("ip", ["netns", "delete", `${this.#id}${suffix}`]);
    // Layers stay mounted where a daemon was killed.
    ask("sh", ["-c", `awk '{print $2}' /proc/mounts | grep "^${this.root}/" | sort -r | xargs -r umount -l`]);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
