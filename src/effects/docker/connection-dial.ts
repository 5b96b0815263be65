import { Duplex, type Readable, type Writable } from "node:stream";
import type { ChildEnd } from "../children/child.js";
import type { Scope } from "../children/registry.js";
import { describeDialEnd } from "./dial-end.js";
import type { Endpoint } from "./endpoint.js";
import { DialDropped, unreachable } from "./engine-errors.js";

/** What a connection needs in order to start a process. */
export interface Starter {
  /** The connection ends with this scope; processes that it needs are the scope's children. */
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How long the client may take to end: it has nothing to clean up, and newer ones ignore TERM. Its ssh gets a TERM when it dies. ms */
const hangUpMs = 100;
const keepChars = 4_096;

/** How many bytes a pipe takes atomically (PIPE_BUF). */
const wholeBytesMax = 4_096;

/** What went through a connection so far. */
class Exchanged {
  wasHeard = false;
  #writes = 0;
  #bytes = 0;
  /** Whether our last write found no reader. */
  wasRefused = false;

  wrote(bytes: number): void {
    this.#writes += 1;
    this.#bytes += bytes;
  }

  /** If the last write went no further, nothing did. */
  get isOneWhole(): boolean {
    return this.#writes === 1 && this.#bytes <= wholeBytesMax;
  }
}

const endedBy = (said: string, end: ChildEnd, exchanged: Exchanged): Error => {
  const { why, details, hint, isDropped, isLastUnread } = describeDialEnd(end);
  const isUnread = isDropped || ((isLastUnread || exchanged.wasRefused) && exchanged.isOneWhole);
  return isUnread && !exchanged.wasHeard ? new DialDropped(said, why, details, hint) : unreachable(said, why, details, hint);
};

interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** Both pipes as one stream. It ends with the process, whose last output is then the reason. */
const joined = ({ stdin, stdout }: Pipes, hangUp: () => void, exchanged: Exchanged): Duplex => {
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Buffer, _, done) => {
      exchanged.wrote(chunk.length);
      stdin.write(chunk, (error) => {
        exchanged.wasRefused = error !== null && error !== undefined;
        // A process that was never heard is gone for a reason, which its end tells; a kept one went while nobody asked.
        if (!exchanged.wasRefused || exchanged.wasHeard) done(error);
      });
    },
    final: (done) => void stdin.end(done),
    destroy: (error, done) => {
      hangUp();
      done(error);
    },
  });
  stdout.once("data", () => (exchanged.wasHeard = true));
  stdout.on("data", (chunk) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  // The far end has hung up: nothing more can come, so the process is ended and its messages say why.
  stdout.once("end", hangUp);
  stdin.on("error", hangUp);
  return stream;
};

/**
 * One connection through `docker system dial-stdio`, a child of the scope: it ends with the stream, with the scope and
 * with us. Resolving does not mean that the daemon answers; the first call shows that.
 */
export const dialStdio = ({ scope, env, cwd }: Starter, { docker, said }: Extract<Endpoint, { kind: "dial" }>): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const hanging = new AbortController();
    let stream: Duplex | undefined;
    const exchanged = new Exchanged();
    const talk = (pipes: Pipes): void => {
      stream = joined(pipes, () => hanging.abort(), exchanged);
      resolve(stream);
    };
    const spec = {
      file: docker,
      args: ["system", "dial-stdio"],
      env: env(),
      cwd,
      limitMs: Number.POSITIVE_INFINITY,
      graceMs: hangUpMs,
      keepChars,
      talk,
      isConnection: true,
    };
    scope.run(spec, hanging.signal).then((end) => stream?.destroy(endedBy(said, end, exchanged)), reject);
  });
