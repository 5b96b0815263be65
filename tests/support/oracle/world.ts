/**
 * Where the oracle looks. Nothing under tests/support/oracle imports from src: a fault there must not hide itself here.
 */
export interface OracleWorld {
  readonly zone: string;
  /** The docker that is asked, and the variables that it needs. */
  readonly docker: string;
  readonly env: Readonly<Record<string, string>>;
  readonly lockDir: string;
  readonly runsDir: string;
  /** Folders of an ABRA_DIR's servers: `<folder>/<server>/<domain>.env`. */
  readonly serversDir: string;
  /** The stand-ins' folder, whose files and processes are looked at behind docker's back; null on a real Swarm. */
  readonly sandbox: string | null;
}

/** Something that should not be, told so that a person finds it. */
export interface Finding {
  readonly kind:
    | "service"
    | "container"
    | "volume"
    | "secret"
    | "config"
    | "network"
    | "file"
    | "env"
    | "process"
    | "lock"
    | "two holders"
    | "verdict"
    | "record";
  readonly what: string;
}

/** Names of run apps in a zone, as a domain or as the stack that heads an object's name. */
export const mentionsRunApp = (zone: string): ((name: string) => boolean) => {
  const anyDot = zone.replaceAll(".", "[._]");
  const form = new RegExp(`(^|[^a-z0-9-])(?!warm-)[a-z0-9-]{1,4}-[0-9a-f]{6}[._]${anyDot}($|[^a-z0-9-])`);
  return (name) => form.test(name);
};
