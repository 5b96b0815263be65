export const protocols = ["tcp", "udp", "sctp"];

/** The protocol as the Swarm reads it: it ignores case and takes an unknown one for the first. */
export const protocolOf = (text: string): string => protocols.find((one) => one === text.toLowerCase()) ?? "tcp";
