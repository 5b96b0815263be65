/** The label by which an object of the engine says which stack it is of. */
export const stackLabelName = "com.docker.stack.namespace";

/** The engine's filter for what is labelled as of the stack. */
export const stackFilter = (stack: string): { readonly label: readonly string[] } => ({ label: [`${stackLabelName}=${stack}`] });
