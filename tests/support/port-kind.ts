import type { PortKind } from "../../src/machines/ports.js";

/** The kind of a port, or undefined if the logic was not made by a function of ports.ts. */
export const portKind = (logic: object): PortKind | undefined => ("kind" in logic ? (logic.kind as PortKind) : undefined);
