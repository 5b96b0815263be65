import { realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { start } from "../children.js";
import { within } from "../container/rootfs.js";
import { refuse } from "../refusal.js";
import { findContainer } from "./containers.js";
import type { Answer, Ask, Route } from "./route.js";

interface Found {
  /** Its place on this machine, with links resolved. */
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

/** A `sed` expression for tar that takes the name literally. */
const renamed = (from: string, to: string): string =>
  `--transform=s\u0001^${from.replaceAll(/[.[\]*^$\\]/g, String.raw`\$&`)}\u0001${to.replaceAll(/[&\\]/g, String.raw`\$&`)}\u0001`;

/** Sends the target of a link into a volume under the requested name. */
const get = async (ask: Ask): Promise<Answer> => {
  const { real, name, isFolder, header } = find(ask);
  const args = isFolder
    ? ["-C", real, renamed(".", name), "-cf", "-", "."]
    : ["-C", dirname(real), renamed(basename(real), name), "-cf", "-", basename(real)];
  const tar = start("tar", args, here, ["ignore", "pipe", "ignore"]);
  // Waits for tar to start: after the answer has begun, a missing tar could not be reported.
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
    tar.stdin?.on("error", () => undefined); // tar gave up; its exit code says so.
    if (ask.input === null || tar.stdin === null) tar.stdin?.end();
    else ask.input.pipe(tar.stdin);
  });
};

/** Copies files into a container and out of it, as tar archives. */
export const archiveRoutes: readonly Route[] = [
  { method: "GET", path: "/containers/:id/archive", words: ["cp", "container cp"], answer: get },
  {
    method: "HEAD",
    path: "/containers/:id/archive",
    words: ["cp", "container cp"],
    answer: (ask) => ({ status: 200, headers: find(ask).header }),
  },
  { method: "PUT", path: "/containers/:id/archive", words: ["cp", "container cp"], answer: put },
];
