import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startProcess, type Heard, type StartedProcess } from "../support/children.js";
import { sendSignal } from "../support/signal.js";

export const root = join(import.meta.dirname, "..", "..");

export interface Said extends Heard {
  readonly ms: number;
}

export interface Call {
  readonly child: StartedProcess;
  readonly ended: Promise<Said>;
}

/** The acts of a fault that the interface allows. */
export type Act =
  | `exit:${number}`
  | "hang"
  | "hang-deaf"
  | "garbage"
  | `slow:${number}`
  | "then-hang"
  | "crash-loop"
  | "never-healthy"
  | `in-use:${number}`;

export interface Fault {
  readonly when: string;
  readonly nth?: number;
  readonly do: Act | readonly Act[];
}

export const until = async (what: string, condition: () => boolean | Promise<boolean>, limitMs = 25_000): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(25);
  }
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The process has ended.
  }
};

/** The running processes with this text in their environment: their pids and command lines. */
export const processesWith = (text: string): ReadonlyMap<number, string> =>
  new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && textOf(`/proc/${name}/environ`).includes(text))
      .map((name) => [Number(name), textOf(`/proc/${name}/cmdline`).replaceAll("\0", " ")]),
  );

/** A sandbox for one test file. Its tools are called as recipe-ci calls them: as programs. */
export class StandIns {
  readonly root = mkdtempSync(join(tmpdir(), "stand-ins-"));
  readonly abraDir = join(this.root, "abra");

  constructor() {
    mkdirSync(join(this.abraDir, "servers", "default"), { recursive: true });
    mkdirSync(join(this.abraDir, "recipes"), { recursive: true });
  }

  env(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    const docker = join(root, "sandbox", "bin", "docker");
    return { PATH, HOME, RECIPE_CI_SANDBOX: this.root, ABRA_DIR: this.abraDir, ABRA_CI: "1", CCCI_DOCKER: docker, ...extra };
  }

  start(tool: "abra" | "docker", args: readonly string[], extra: NodeJS.ProcessEnv = {}, input = ""): Call {
    const began = performance.now();
    // Whatever the call starts must close its output: until then the call has not ended.
    const child = startProcess(join(root, "sandbox", "bin", tool), args, { cwd: "/", env: this.env(extra), input, outlived: true });
    return { child, ended: child.ended.then((how) => ({ ...how, ...child.said, ms: performance.now() - began })) };
  }

  docker(...args: readonly string[]): Promise<Said> {
    return this.start("docker", args).ended;
  }

  abra(...args: readonly string[]): Promise<Said> {
    return this.start("abra", args).ended;
  }

  secret(name: string): Promise<Said> {
    return this.start("docker", ["secret", "create", name, "-"], {}, "value").ended;
  }

  /** Replaces the file in one step, so that no call reads half of it. */
  faults(list: readonly Fault[]): void {
    this.rawFaults(JSON.stringify(list));
  }

  rawFaults(text: string): void {
    const beside = join(this.root, "faults.new");
    writeFileSync(beside, text);
    renameSync(beside, join(this.root, "faults.json"));
  }

  async deploy(stack: string, services: string): Promise<Said> {
    const file = join(this.root, `${stack}.yml`);
    writeFileSync(file, `version: "3.8"\n${services}`);
    return this.docker("stack", "deploy", "-c", file, stack);
  }

  async rows(...args: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]> {
    const { code, stdout, stderr } = await this.docker(...args, "--format", "{{json .}}");
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, string>);
  }

  async replicas(service: string): Promise<string | undefined> {
    return (await this.rows("service", "ls")).find(({ Name }) => Name === service)?.["Replicas"];
  }

  runs(service: string, replicas = "1/1"): Promise<void> {
    return until(`${service} runs`, async () => (await this.replicas(service)) === replicas);
  }

  async inspect<T>(...args: readonly string[]): Promise<T> {
    const [found] = JSON.parse((await this.docker(...args)).stdout) as [T];
    return found;
  }

  gone(): Promise<void> {
    return until(
      "containers and networks are gone",
      async () => (await this.rows("container", "ls", "--all")).length + (await this.networks()).length === 0,
    );
  }

  /** Without the networks that every engine has. */
  async networks(): Promise<readonly string[]> {
    return (await this.rows("network", "ls")).flatMap(({ Name = "" }) => (builtIn.has(Name) ? [] : [Name]));
  }

  /** The pid of the engine; null if there is none. */
  engine(): number | null {
    try {
      const { pid } = JSON.parse(readFileSync(join(this.root, "engine.json"), "utf8")) as { pid: number };
      process.kill(pid, 0);
      return pid;
    } catch {
      return null;
    }
  }

  /** Kills the engine, as a power failure would. */
  killEngine(): void {
    const pid = this.engine();
    if (pid !== null) sendSignal(pid, "SIGKILL");
  }

  /** Removes every stack, and ends the engine once nothing runs. Fails if a process of this world is then still alive. */
  async close(): Promise<void> {
    this.faults([]);
    for (const { Name = "" } of await this.rows("stack", "ls")) await this.docker("stack", "rm", Name);
    try {
      await until("all services have ended", () => processesWith(`SANDBOX_ROOTFS=${this.root}`).size === 0);
      // It would end by itself a moment later. One test proves that, and the others need not wait for it.
      const engine = this.engine();
      if (engine !== null) sendSignal(engine, "SIGTERM");
      await until("all processes of the world have ended", () => processesWith(this.root).size === 0);
    } catch (error) {
      const left = processesWith(this.root);
      for (const pid of left.keys()) sendSignal(pid, "SIGKILL");
      throw new Error(`left running: ${[...left].map((one) => one.join(" ")).join("; ")}`, { cause: error });
    } finally {
      rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Calls the engine's API on its socket, after a `docker version` that starts the engine. */
  async api(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly text: string }> {
    await this.start("docker", ["version"]).ended;
    const { socket } = JSON.parse(readFileSync(join(this.root, "engine.json"), "utf8")) as { socket: string };
    return new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const sent = request(
        {
          socketPath: socket,
          method,
          path,
          agent: false,
          headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) },
        },
        (answer) => {
          let said = "";
          answer.setEncoding("utf8").on("data", (piece: string) => (said += piece));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: said }));
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  }
}

const builtIn = new Set(["ingress", "docker_gwbridge", "bridge", "host", "none"]);

/** A service that stays up and stops quickly. */
export const echo = `services:
  app:
    image: local/echo-app:1.0.0
    stop_grace_period: 1s
`;
