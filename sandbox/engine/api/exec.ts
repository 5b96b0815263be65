import type { Duplex } from "node:stream";
import type { ServerResponse } from "node:http";
import type { Child } from "../children.js";
import { findProgram } from "../container/image-programs.js";
import { environmentOf, folderIn } from "../container/new-container.js";
import { startProgram } from "../container/program.js";
import { refuse } from "../refusal.js";
import type { ContainerRecord } from "../world/records.js";
import { newLongId } from "../world/place.js";
import type { World } from "../world/world.js";
import { findContainer } from "./containers.js";
import { frame } from "./log-stream.js";
import { created, ok, type Ask, type Route } from "./route.js";

interface Exec {
  readonly id: string;
  readonly containerId: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly workDir: string | null;
  readonly wantsInput: boolean;
  child: Child | null;
  exitCode: number | null;
}

/** Like a real engine's, they are lost when the engine ends. */
const execs = new Map<string, Exec>();

const find = ({ of }: Ask): Exec => execs.get(of("id")) ?? refuse(404, `No such exec instance: ${of("id")}`);

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : []);

const start = (world: World, exec: Exec): Child | string => {
  const container = world.containers.get(exec.containerId);
  const [name = "", ...args] = exec.argv;
  if (container?.state !== "running") return refuse(409, `Container ${exec.containerId} is not running`);
  const inside: ContainerRecord = { ...container, env: [...container.env, ...exec.env] };
  const found = findProgram(name, inside);
  if ("missing" in found) {
    exec.exitCode = 126;
    return `OCI runtime exec failed: exec failed: ${found.missing}`;
  }
  const workDir = exec.workDir === null ? container.workDir : folderIn(world, container, exec.workDir);
  const child = startProgram([found.file, ...args], workDir, environmentOf(world, inside), ["pipe", "pipe", "pipe"]);
  exec.child = child;
  child.once("error", () => (exec.exitCode = 126));
  child.once("exit", (code) => (exec.exitCode = code ?? 137));
  return child;
};

/** Sends both streams framed in one, and passes what comes back to the program's stdin. */
const attach = (child: Child, exec: Exec, out: ServerResponse | Duplex): void => {
  child.stdout?.on("data", (piece: Buffer) => out.write(frame(1, piece)));
  child.stderr?.on("data", (piece: Buffer) => out.write(frame(2, piece)));
  if (exec.wantsInput && "read" in out && child.stdin !== null) {
    child.stdin.on("error", () => undefined); // The program ended without reading everything.
    out.pipe(child.stdin);
  } else child.stdin?.end();
  child.once("close", () => out.end());
  child.once("error", () => out.end());
};

export const execRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/containers/:id/exec",
    words: ["exec", "container exec"],
    answer: (ask) => {
      const { body } = ask;
      const container = findContainer(ask);
      if (container.state !== "running") refuse(409, `Container ${container.id} is not running`);
      const argv = texts(body["Cmd"]);
      if (argv.length === 0) refuse(400, "No exec command specified");
      if (!["", "0", "0:0"].includes(String(body["User"] ?? "")))
        refuse(501, `the sandbox does not know exec as another user than root ("${String(body["User"])}")`);
      if (body["Tty"] === true) refuse(501, "the sandbox does not know exec with a terminal (Tty)");
      const exec: Exec = {
        id: newLongId(),
        containerId: container.id,
        argv,
        env: texts(body["Env"]),
        workDir: typeof body["WorkingDir"] === "string" && body["WorkingDir"] !== "" ? body["WorkingDir"] : null,
        wantsInput: body["AttachStdin"] === true,
        child: null,
        exitCode: null,
      };
      execs.set(exec.id, exec);
      return created({ Id: exec.id });
    },
  },
  {
    method: "POST",
    path: "/exec/:id/start",
    words: ["exec start"],
    answer: (ask) => {
      const exec = find(ask);
      const { world } = ask.engine;
      if (exec.child !== null) refuse(409, `exec command ${exec.id} has already run`);
      const child = start(world, exec);
      if (typeof child === "string") return { status: 400, body: { message: child } };
      if (ask.body["Detach"] === true) {
        child.stdin?.end();
        for (const stream of [child.stdout, child.stderr]) stream?.resume();
        return { status: 200 };
      }
      return {
        status: 200,
        hijack: true,
        headers: { "Content-Type": "application/vnd.docker.raw-stream" },
        stream: (out) => attach(child, exec, out),
      };
    },
  },
  {
    method: "GET",
    path: "/exec/:id/json",
    words: ["exec inspect"],
    answer: (ask) => {
      const { id, argv, child, exitCode, containerId } = find(ask);
      return ok({
        ID: id,
        Running: child !== null && exitCode === null,
        ExitCode: exitCode,
        ProcessConfig: { entrypoint: argv[0], arguments: argv.slice(1), tty: false, privileged: false },
        ContainerID: containerId,
        Pid: child?.pid ?? 0,
      });
    },
  },
];
