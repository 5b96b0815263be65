import { createConnection, createServer, type Server } from "node:net";

/** A free port of this machine: the wanted one, or any. Null if the wanted one is taken. */
export const freePort = (wanted = 0): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });

/** A listener that forwards connections: the routing mesh of a published port, or a container's port on its bridge. */
export class Relay {
  readonly #server: Server;

  /** `targets`: where tasks listen now. */
  constructor(host: string, port: number, targets: () => readonly number[], onUnusable: (why: string) => void) {
    let turn = 0;
    this.#server = createServer((client) => {
      const ports = targets();
      const port = ports[turn % Math.max(1, ports.length)];
      turn += 1;
      client.on("error", () => client.destroy());
      if (port === undefined) {
        client.destroy();
        return;
      }
      const task = createConnection({ host: "127.0.0.1", port });
      task.on("error", () => client.destroy());
      client.on("close", () => task.destroy());
      task.on("close", () => client.destroy());
      client.pipe(task).pipe(client);
    });
    this.#server.on("error", (error) => onUnusable(error.message));
    this.#server.listen(port, host);
    this.#server.unref();
  }

  close(): void {
    this.#server.close();
  }
}
