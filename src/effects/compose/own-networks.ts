/** Docker's own networks of which each node has one, and on which the Swarm accepts services. */
export const onEachNode: ReadonlySet<string> = new Set(["host", "bridge"]);

/** Names that docker reserves and on which the Swarm accepts no service; docker's client does not ask for them. */
export const onNoNode: ReadonlySet<string> = new Set(["none", "default"]);
