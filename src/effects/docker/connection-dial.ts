import { Duplex, type Readable, type Writable } from "node:stream";
import type { ChildEnd } from "../children/child.js";
import type { Scope } from "../children/registry.js";
import { describeDialEnd } from "./dial-end.js";
import type { Endpoint } from "./endpoint.js";
import { DialDropped, unreachable } from "./engine-errors.js";

/** What a connection needs to start a process. */
export interface Starter {
  /** Its end is the connection's; processes that are needed for it are its children. */
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The client keeps nothing that it would have to put away, and newer ones hear no TERM. Its ssh gets one when it dies. */
const hangUpMs = 100;
const keepChars = 4_096;

/** What a pipe takes as a whole, and its reader gets at once (PIPE_BUF). */
const wholeBytesMax = 4_096;

/** What went through a connection so far. */
interface Exchanged {
  readonly writes: number;
  readonly longestWrite: number;
  readonly wasHeard: boolean;
}

const endedBy = (said: string, end: ChildEnd, { writes, longestWrite, wasHeard }: Exchanged): Error => {
  const { why, details, hint, isDropped, isLastUnread } = describeDialEnd(end);
  const isUnread = isDropped || (isLastUnread && writes === 1 && longestWrite <= wholeBytesMax);
  return isUnread && !wasHeard ? new DialDropped(said, why, details, hint) : unreachable(said, why, details, hint);
};

interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Both pipes as one stream. It ends with the process, whose last words are then the reason. */
const joined = ({ stdin, stdout }: Pipes, hangUp: () => void, onWrite: (bytes: number) => void): Duplex => {
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Buffer, _, done) => {
      onWrite(chunk.length);
      stdin.write(chunk, done);
    },
    final: (done) => void stdin.end(done),
    destroy: (error, done) => {
      hangUp();
      done(error);
    },
  });
  stdout.on("data", (chunk) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  // The far end has hung up: nothing more can come, and the process is asked for its reason.
  stdout.once("end", hangUp);
  stdin.on("error", hangUp);
  return stream;
};

/**
 * One connection by `docker system dial-stdio`, as a child of the scope: it dies with the stream, with the scope and
 * with us. That it was started does not say that the daemon answers; the first call finds out.
 */
export const dialStdio = ({ scope, env, cwd }: Starter, { docker, said }: Extract<Endpoint, { kind: "dial" }>): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const hanging = new AbortController();
    let stream: Duplex | undefined;
    const exchanged = { writes: 0, longestWrite: 0, wasHeard: false };
    const onWrite = (bytes: number): void => {
      exchanged.writes += 1;
      exchanged.longestWrite = Math.max(exchanged.longestWrite, bytes);
    };
    const talk = (pipes: Pipes): void => {
      pipes.stdout.once("data", () => (exchanged.wasHeard = true));
      stream = joined(pipes, () => hanging.abort(), onWrite);
      resolve(stream);
    };
    const spec = { file: docker, args: ["system", "dial-stdio"], env: env(), cwd, limitMs: Number.POSITIVE_INFINITY, graceMs: hangUpMs, keepChars, talk, isConnection: true };
    scope.run(spec, hanging.signal).then((end) => stream?.destroy(endedBy(said, end, exchanged)), reject);
  });
