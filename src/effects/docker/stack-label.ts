/** The label with which an object of the engine says to which stack it belongs. */
export const stackLabelName = "com.docker.stack.namespace";

/** The engine's filter for objects with the stack's label. */
export const stackFilter = (stack: string): { readonly label: readonly string[] } => ({ label: [`${stackLabelName}=${stack}`] });
