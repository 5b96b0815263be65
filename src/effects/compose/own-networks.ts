/** Docker's own networks that each node has one of, and on which the Swarm takes services. */
export const onEachNode: ReadonlySet<string> = new Set(["host", "bridge"]);

/** Names that docker keeps for itself, and on which the Swarm takes no service: its client asks for neither. */
export const onNoNode: ReadonlySet<string> = new Set(["none", "default"]);
