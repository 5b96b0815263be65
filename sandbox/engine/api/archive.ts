import { realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { start } from "../children.js";
import { within } from "../container/rootfs.js";
import { refuse } from "../refusal.js";
import { findContainer } from "./containers.js";
import type { Answer, Ask, Route } from "./route.js";

interface Found {
  /** Where it lies on this machine, links followed. */
  readonly real: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly header: Readonly<Record<string, string>>;
}

const find = (ask: Ask): Found => {
  const { id } = findContainer(ask);
  const path = ask.query.get("path") ?? "";
  if (path === "") refuse(400, "bad parameter: path cannot be empty");
  try {
    const real = realpathSync(within(ask.engine.world.place.path("rootfs", id), path));
    const { size, mode, mtime } = statSync(real);
    const name = basename(path) || "/";
    const stat = Buffer.from(JSON.stringify({ name, size, mode, mtime: mtime.toISOString(), linkTarget: "" })).toString("base64");
    return { real, name, isFolder: statSync(real).isDirectory(), header: { "X-Docker-Container-Path-Stat": stat } };
  } catch {
    return refuse(404, `Could not find the file ${path} in container ${id}`);
  }
};

const here = { cwd: "/", env: process.env };

/** A `sed` expression of tar's, in which the name stands for itself. */
const renamed = (from: string, to: string): string => `--transform=s\u0001^${from.replaceAll(/[.[\]*^$\\]/g, String.raw`\$&`)}\u0001${to.replaceAll(/[&\\]/g, String.raw`\$&`)}\u0001`;

/** Links into a volume are what they lead to, under the name that was asked for. */
const get = async (ask: Ask): Promise<Answer> => {
  const { real, name, isFolder, header } = find(ask);
  const args = isFolder ? ["-C", real, renamed(".", name), "-cf", "-", "."] : ["-C", dirname(real), renamed(basename(real), name), "-cf", "-", basename(real)];
  const tar = start("tar", args, here, ["ignore", "pipe", "ignore"]);
  // Once the answer has begun, nothing could be said of a machine that has no tar.
  const trouble = await new Promise<Error | null>((resolve) => void tar.once("spawn", () => resolve(null)).once("error", resolve));
  if (trouble !== null) return { status: 500, body: { message: trouble.message } };
  return {
    status: 200,
    headers: { "Content-Type": "application/x-tar", ...header },
    stream: (out) => {
      tar.stdout?.pipe(out);
      ask.onGone(() => tar.kill());
    },
  };
};

const put = (ask: Ask): Promise<Answer> => {
  const { real, isFolder } = find(ask);
  if (!isFolder) refuse(500, "extraction point is not a directory");
  return new Promise((resolve) => {
    const tar = start("tar", ["-C", real, "-xf", "-"], here, ["pipe", "ignore", "pipe"]);
    let said = "";
    tar.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    tar.once("error", (error) => resolve({ status: 500, body: { message: error.message } }));
    tar.once("close", (code) => resolve(code === 0 ? { status: 200 } : { status: 500, body: { message: said.trim() } }));
    tar.stdin?.on("error", () => undefined); // It gave up: its code tells.
    if (ask.input === null || tar.stdin === null) tar.stdin?.end();
    else ask.input.pipe(tar.stdin);
  });
};

/** Files into a container and out of it, as tar archives. */
export const archiveRoutes: readonly Route[] = [
  { method: "GET", path: "/containers/:id/archive", words: ["cp", "container cp"], answer: get },
  { method: "HEAD", path: "/containers/:id/archive", words: ["cp", "container cp"], answer: (ask) => ({ status: 200, headers: find(ask).header }) },
  { method: "PUT", path: "/containers/:id/archive", words: ["cp", "container cp"], answer: put },
];
