import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RunError } from "../../machines/errors.js";
import { codeOf } from "../../effects/files/error-code.js";
import { Viewers, type ViewersSettings } from "./viewers.js";

interface ServerSettings extends ViewersSettings {
  /** 0: any free port. */
  readonly port: number;
}

export interface InspectServer {
  /** Includes the token: whoever has the address may look. */
  readonly address: string;
  readonly viewers: () => number;
  /** Sends what is new to the viewers. */
  readonly news: () => void;
  readonly close: () => Promise<void>;
}

/** More than the people who look at one run; limits what a broken page can do to us. */
const connectionsMax = 128;
const listening = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => {
      server.removeListener("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const cannotListen = (port: number, error: unknown): RunError =>
  new RunError("port-unusable", `port ${port} on 127.0.0.1 cannot be used: ${codeOf(error) || String(error)}`, {
    hint: "Another program may have it. Omit --port to take any free port.",
  });

/** Serves one run on 127.0.0.1. Throws `port-unusable`, exit code 2, if the port is taken. */
export const serveRun = async (settings: ServerSettings): Promise<InspectServer> => {
  const viewers = new Viewers(settings);
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 8_192 }, (request, response) => viewers.answer(request, response));
  server.maxConnections = connectionsMax;
  server.on("upgrade", (request, socket, head) => viewers.upgrade(request, socket, head));
  server.on("clientError", (_, socket) => socket.destroy());
  try {
    const port = await listening(server, settings.port);
    return {
      address: `http://127.0.0.1:${port}/?t=${settings.token}`,
      viewers: () => viewers.count,
      news: () => viewers.news(),
      close: () =>
        new Promise((resolve) => {
          viewers.close();
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  } catch (error) {
    viewers.close();
    throw cannotListen(settings.port, error);
  }
};
