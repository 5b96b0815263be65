import type { PortKind } from "../../src/machines/ports.js";

/** The kind of a port, or undefined for logic that no function of ports.ts has made. */
export const portKind = (logic: object): PortKind | undefined => ("kind" in logic ? (logic.kind as PortKind) : undefined);
