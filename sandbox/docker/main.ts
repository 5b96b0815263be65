/** `docker system dial-stdio`: a raw pipe between our stdin and stdout and the engine's socket. */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { whyNot } from "../shared/quick-child.js";

const root = process.env["RECIPE_CI_SANDBOX"] ?? "";
const docker = process.argv[2] ?? "docker";

const dial = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { socket: path } = JSON.parse(readFileSync(join(root, "engine.json"), "utf8")) as { socket: string };
    const socket = connect({ path, allowHalfOpen: true });
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket));
  });

const startsMax = 5;

/** Any command starts the engine if there is none. On a busy machine it may have ended again before we connect. */
const dialOrStart = async (): Promise<Socket> => {
  for (let starts = 0; ; starts += 1) {
    try {
      return await dial();
    } catch (error) {
      if (starts === startsMax) throw error;
      whyNot(docker, ["version"]); // The next look shows whether it helped.
    }
  }
};

dialOrStart().then(
  (socket) => {
    socket.on("error", () => process.exit(1));
    socket.on("end", () => process.exit(0));
    process.stdin.pipe(socket);
    socket.pipe(process.stdout);
  },
  (error: unknown) => {
    process.stderr.write(`Cannot connect to the Docker daemon of the sandbox in ${root}. Is the docker daemon running? ${String(error)}\n`);
    process.exitCode = 1;
  },
);
