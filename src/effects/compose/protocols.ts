export const protocols = ["tcp", "udp", "sctp"];

/** The Swarm takes a protocol that there is not for the first one, and heeds no capitals. */
export const protocolOf = (text: string): string => protocols.find((one) => one === text.toLowerCase()) ?? "tcp";
