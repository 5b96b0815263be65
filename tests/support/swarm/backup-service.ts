import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { docker } from "./host.js";

const must = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void => {
  const { status, stderr } = spawnSync(file, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")}: ${stderr}`);
};

const socketOf = (host: string | undefined): string => (host?.startsWith("unix://") === true ? host.slice("unix://".length) : "/var/run/docker.sock");

const until = async (what: string, condition: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    if (condition()) return;
    await pause(250);
  }
  throw new Error(`${what}: not within a minute`);
};

/** The example's backup service on the real Swarm; the returned function removes it with its snapshots. */
export const deployBackupService = async (): Promise<() => Promise<void>> => {
  const stack = `backup${process.pid}`;
  must("sh", ["examples/backup/build.sh", "docker"]);
  const [root = ""] = docker("info", "--format", "{{.DockerRootDir}}");
  const env = { RESTIC_PASSWORD: "of-the-tests", DOCKER_SOCKET: socketOf(process.env["DOCKER_HOST"]), DOCKER_VOLUMES: `${root}/volumes` };
  must("docker", ["stack", "deploy", "--detach=true", "-c", "examples/backup/compose.yml", stack], env);
  const left = (kind: string, format: string, ...more: readonly string[]): readonly string[] => docker(kind, "ls", ...more, "--format", format).filter((name) => name.startsWith(`${stack}_`));
  await until("the backup service runs", () => docker("service", "ls", "--filter", `name=${stack}_app`, "--format", "{{.Replicas}}")[0] === "1/1");
  return async () => {
    must("docker", ["stack", "rm", stack]);
    await until("the backup service is gone", () => [...left("container", "{{.Names}}", "--all"), ...left("network", "{{.Name}}")].length === 0);
    for (const name of left("volume", "{{.Name}}")) must("docker", ["volume", "rm", name]);
  };
};
