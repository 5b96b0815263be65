/** `docker system dial-stdio`: a raw pipe between our stdin and stdout and the engine's socket. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

const root = process.env["RECIPE_CI_SANDBOX"] ?? "";

const socketOf = (): string => (JSON.parse(readFileSync(join(root, "engine.json"), "utf8")) as { socket: string }).socket;

// Any command starts the engine where there is none.
spawnSync(process.argv[2] ?? "docker", ["version"], { stdio: ["ignore", "ignore", "inherit"] });

try {
  const socket = connect({ path: socketOf(), allowHalfOpen: true });
  socket.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  socket.on("end", () => process.exit(0));
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
} catch (error) {
  process.stderr.write(`Cannot connect to the Docker daemon of the sandbox in ${root}. Is the docker daemon running? ${String(error)}\n`);
  process.exit(1);
}
