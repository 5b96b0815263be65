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
  /** Each connection is a process of its own, and the daemon may be on another host. */
  readonly isDialled: boolean;
  /** Keeps connections open between calls. */
  readonly agent: Agent;
  /** Aborts when nothing may be asked any more, with the reason. */
  readonly closing: AbortSignal;
  readonly close: () => void;
}

export interface ConnectionSettings extends Starter {
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

/** What waits open for the next call. */
const freeMax = 4;

/** Else node looks by a regular expression, 3 ms long, whether the host's name is an address: of use for TLS, which this is not. */
const noTls = { servername: "" };

/** A class made on demand: node:http is loaded for the first call, and not for the first client. */
const createAgent = (connectNow: () => Promise<Duplex>): Agent => {
  class EngineAgent extends Agent {
    override createConnection(_: object, callback: Handed): undefined {
      void handOver(connectNow(), callback);
    }

    /** What the base class does besides is about TCP; a dialled connection has none of it. */
    override keepSocketAlive(stream: Duplex): boolean {
      if (stream instanceof Socket) stream.unref();
      return true;
    }

    override reuseSocket(stream: Duplex, request: ClientRequest): void {
      // The base class takes its error listener off again, and asks for a ref() that a dialled connection does not have.
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
