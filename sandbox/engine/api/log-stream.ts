import { refuse } from "../refusal.js";
import type { Task } from "../schema.js";
import type { LogLine } from "../world/logs.js";
import type { Answer, Ask } from "./route.js";

/** A piece with the stream's number and the length in front, so that one connection carries both streams. */
export const frame = (stream: 0 | 1 | 2, content: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
};

type Said = LogLine & { readonly task: Task };

const details = ({ ID, NodeID = "", ServiceID }: Task): string =>
  `com.docker.swarm.node.id=${NodeID},com.docker.swarm.service.id=${ServiceID},com.docker.swarm.task.id=${ID} `;

const secondsOf = (text: string | null): number =>
  text === null || text === "" ? 0 : /^[\d.]+$/.test(text) ? Number(text) : Date.parse(text) / 1_000;

/** What these tasks printed, as the engine sends it: the last lines of each, then, if asked for, what comes. */
export const logsOf = ({ engine: { world }, query, is, onGone }: Ask, tasks: () => readonly Task[]): Answer => {
  const wanted = new Set([...(is("stdout") ? [1] : []), ...(is("stderr") ? [2] : [])]);
  if (wanted.size === 0) refuse(500, "Bad parameters: you must choose at least one stream");
  const tail = query.get("tail") ?? "all";
  const count = tail === "all" || tail === "" ? Number.POSITIVE_INFINITY : Number(tail);
  const since = secondsOf(query.get("since"));
  const text = ({ stream, at, text, task }: Said): Buffer =>
    frame(stream, Buffer.from(`${is("timestamps") ? `${at} ` : ""}${is("details") ? details(task) : ""}${text}`));
  const saidBy = (task: Task): readonly Said[] => {
    const lines = world.logs.read(task.ID).filter(({ stream, at }) => wanted.has(stream) && Date.parse(at) / 1_000 >= since);
    return lines.slice(count === Number.POSITIVE_INFINITY ? 0 : Math.max(0, lines.length - count)).map((line) => ({ ...line, task }));
  };
  return {
    status: 200,
    headers: { "Content-Type": "application/vnd.docker.raw-stream" },
    stream: (out) => {
      const said = tasks().flatMap(saidBy);
      for (const line of said.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))) out.write(text(line));
      if (!is("follow")) {
        out.end();
        return;
      }
      onGone(
        world.logs.listen((id, line) => {
          const task = tasks().find(({ ID }) => ID === id);
          if (task !== undefined && wanted.has(line.stream)) out.write(text({ ...line, task }));
        }),
      );
    },
  };
};
