import { Agent, type ClientRequest } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { dialStdio, type Starter } from "./connection-dial.js";
import { connectToSandbox } from "./connection-sandbox.js";
import { connectSocket } from "./connection-socket.js";
import { saidOf, type Endpoint } from "./endpoint.js";

export interface Connection {
  /** For messages. */
  readonly endpoint: string;
  /** Whether each connection is a process of its own; the daemon may then be on another host. */
  readonly isDialled: boolean;
  /** Keeps connections open between calls. */
  readonly agent: Agent;
  /** Aborts, with the reason, when nothing may be asked any more. */
  readonly closing: AbortSignal;
  readonly close: () => void;
}

interface ConnectionSettings extends Starter {
  readonly endpoint: Endpoint;
}

const connectorOf = (settings: ConnectionSettings): (() => Promise<Duplex>) => {
  const { endpoint } = settings;
  switch (endpoint.kind) {
    case "socket":
      return () => connectSocket(endpoint.path);
    case "dial":
      return () => dialStdio(settings, endpoint);
    case "sandbox":
      return connectToSandbox(settings, endpoint);
  }
};

type Handed = (error: unknown, stream?: Duplex) => void;

const handOver = async (connecting: Promise<Duplex>, handed: Handed): Promise<void> => {
  try {
    handed(null, await connecting);
  } catch (error) {
    handed(error);
  }
};

/** How many idle connections are kept for the next call. */
const freeMax = 4;

/** Without this, node spends 3 ms on a regular expression that checks whether the host is an address, which only TLS needs. */
const noTls = { servername: "" };

/** The class is created on demand, so that node:http is loaded for the first call and not for the first client. */
const createAgent = (connectNow: () => Promise<Duplex>): Agent => {
  class EngineAgent extends Agent {
    override createConnection(_: object, callback: Handed): undefined {
      void handOver(connectNow(), callback);
    }

    /** The rest of what the base class does is about TCP, which a dialled connection does not have. */
    override keepSocketAlive(stream: Duplex): boolean {
      if (stream instanceof Socket) stream.unref();
      return true;
    }

    override reuseSocket(stream: Duplex, request: ClientRequest): void {
      // The base class removes its error listener and calls ref(), which a dialled connection does not have.
      super.reuseSocket(stream instanceof Socket ? stream : Object.assign(stream, { ref: () => stream }), request);
    }
  }
  return new EngineAgent({ ...noTls, keepAlive: true, maxFreeSockets: freeMax, scheduling: "lifo" });
};

/** Connections are made when they are first needed. */
export const createConnection = (settings: ConnectionSettings): Connection => {
  const connectNow = connectorOf(settings);
  let agent: Agent | undefined;
  const close = (): void => agent?.destroy();
  settings.scope.closing.addEventListener("abort", close, { once: true });
  return {
    endpoint: saidOf(settings.endpoint),
    isDialled: settings.endpoint.kind === "dial",
    get agent() {
      return (agent ??= createAgent(connectNow));
    },
    closing: settings.scope.closing,
    close,
  };
};
