import { randomInt } from "node:crypto";
import { Relay } from "./ports.js";

/** One of the loopback's many addresses. Like those of a node's bridge, only this machine reaches them. */
const newAddress = (): string => `127.${randomInt(64, 128)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

/**
 * The node's bridge: each running container has an address of its own, with the same port numbers as inside, published
 * or not. Its process really listens on other, free ports of this machine.
 */
export class Bridge {
  readonly #members = new Map<string, { readonly address: string; readonly relays: readonly Relay[] }>();

  /** `ports`: `8080/tcp` → the real one. */
  join(containerId: string, ports: Readonly<Record<string, number>>): void {
    const address = newAddress();
    const relays = Object.entries(ports).flatMap(([target, real]) => {
      const [port = "", protocol] = target.split("/");
      // If a port cannot be opened, such as one below 1024 without root, it does not answer; nothing else depends on it.
      return protocol === "tcp"
        ? [
            new Relay(
              address,
              Number(port),
              () => [real],
              () => undefined,
            ),
          ]
        : [];
    });
    this.#members.set(containerId, { address, relays });
  }

  leave(containerId: string): void {
    for (const relay of this.#members.get(containerId)?.relays ?? []) relay.close();
    this.#members.delete(containerId);
  }

  addresses(): readonly (readonly [string, string])[] {
    return [...this.#members].map(([id, { address }]) => [id, address] as const);
  }
}
