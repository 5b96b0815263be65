import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { resolveEndpoint } from "../../../src/effects/docker/endpoint.js";
import type { Engine } from "../../../src/effects/docker/engine.js";
import { expectNoProcesses } from "../processes.js";
import { engineAt, startDaemon } from "./daemon.js";
import { Sshd } from "./sshd.js";

export interface BeyondNarrowSshd {
  /** The POST calls that the daemon got. */
  readonly changes: () => readonly string[];
  readonly sshd: Sshd;
  readonly engine: Engine;
  /** Occupies the only place for an unauthenticated connection until the returned socket is closed. */
  readonly takesThePlace: () => Promise<Socket>;
}

/** An Engine behind an sshd that accepts one unauthenticated connection at a time (MaxStartups 1) and drops others. */
export const beyondNarrowSshd = async (): Promise<BeyondNarrowSshd> => {
  const daemon = await startDaemon((request, answer) => void answer.end(request.url === "/_ping" ? "OK" : "{}"));
  const sshd = await Sshd.start(daemon.socket, ["MaxStartups 1"]);
  onTestFinished(() => sshd.close());
  const CCCI_RUN_COOKIE = randomBytes(8).toString("hex");
  onTestFinished(() => expectNoProcesses(CCCI_RUN_COOKIE));
  const { engine } = engineAt(resolveEndpoint({ docker: "docker", sandbox: null, env: sshd.env }), { CCCI_RUN_COOKIE, ...sshd.env });
  const takesThePlace = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(sshd.env.DOCKER_HOST).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    // Once sshd has sent its banner, this connection occupies the place.
    await once(socket, "data");
    return socket;
  };
  const changes = (): readonly string[] => daemon.calls.filter((call) => call.startsWith("POST"));
  return { changes, sshd, engine, takesThePlace };
};
