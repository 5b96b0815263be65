import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Answer } from "../abra/session.js";
import { startProgram } from "./container/program.js";
import type { Engine } from "./api/route.js";

/** The bundle is in dist/sandbox, so the examples are two folders up. */
const program = join(dirname(dirname(__dirname)), "examples", "backup", "service", "backup.js");

/**
 * The sandbox's form of the example's backup service: like the one in a container it talks to this engine over its
 * socket, but it keeps plain copies and not a restic repository.
 */
export const runBackupService = async (
  engine: Engine,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Answer> => {
  const { root } = engine.world.place;
  const { socket } = JSON.parse(readFileSync(join(root, "engine.json"), "utf8")) as { socket: string };
  const own = { PATH: process.env["PATH"], DOCKER_SOCKET: socket, SNAPSHOTS_DIR: join(root, "snapshots"), FORGET_GONE: "true" };
  const child = startProgram([process.execPath, program, ...argv], "/", { ...own, ...env }, ["ignore", "pipe", "pipe"]);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 137));
  });
  const said = async (stream: typeof child.stdout): Promise<string> => (stream === null ? "" : text(stream));
  const [code, stdout, stderr] = await Promise.all([ended, said(child.stdout), said(child.stderr)]);
  return { code, stdout, stderr };
};
