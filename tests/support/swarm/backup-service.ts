import { must } from "../children.js";
import { until } from "../processes.js";
import { docker } from "./host.js";
import { removeStacks } from "./remove-stacks.js";

const socketOf = (host: string | undefined): string =>
  host?.startsWith("unix://") === true ? host.slice("unix://".length) : "/var/run/docker.sock";

/**
 * The example's backup service on the real Swarm, once for all files: abra takes the first that it finds, and of two one may be
 * about to go. The returned function removes it with its snapshots.
 */
export default async function deployBackupService(): Promise<() => Promise<void>> {
  const stack = `backup${process.pid}`;
  must("sh", ["examples/backup/build.sh", "docker"]);
  const [root = ""] = docker("info", "--format", "{{.DockerRootDir}}");
  const env = { RESTIC_PASSWORD: "of-the-tests", DOCKER_SOCKET: socketOf(process.env["DOCKER_HOST"]), DOCKER_VOLUMES: `${root}/volumes` };
  must("docker", ["stack", "deploy", "-c", "examples/backup/compose.yml", stack], { env: { ...process.env, ...env } });
  await until(
    "the backup service runs",
    () => docker("service", "ls", "--filter", `name=${stack}_app`, "--format", "{{.Replicas}}")[0] === "1/1",
    60_000,
  );
  return () => removeStacks([stack]);
}
