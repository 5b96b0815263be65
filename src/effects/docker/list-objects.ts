import type { NamedObject } from "../../machines/names.js";
import type { ResidueKind } from "../../machines/vocabulary.js";
import type { Docker } from "./docker.js";

export type ObjectKind = Exclude<ResidueKind, "env" | "process">;

export interface SwarmObject extends NamedObject {
  readonly kind: ObjectKind;
  readonly id: string;
}

const stackLabelName = "com.docker.stack.namespace";
const format = ["--format", "{{json .}}"] as const;

interface Listing {
  readonly kind: ObjectKind;
  readonly args: readonly string[];
}

const listings: readonly Listing[] = [
  { kind: "service", args: ["service", "ls", ...format] },
  { kind: "container", args: ["container", "ls", "--all", "--no-trunc", ...format] },
  { kind: "volume", args: ["volume", "ls", ...format] },
  { kind: "secret", args: ["secret", "ls", ...format] },
  { kind: "config", args: ["config", "ls", ...format] },
  { kind: "network", args: ["network", "ls", "--no-trunc", ...format] },
];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** docker prints labels as `a=b,c=d`; a comma inside a value would cut it, but a stack's name has none. */
const labelIn = (labels: string, name: string): string | null => {
  for (const pair of labels.split(",")) if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  return null;
};

/** What Swarm names after a stack without a label, so that a name alone must do. */
const stackOfService = (name: string): string | null => {
  const end = name.lastIndexOf("_");
  return end === -1 ? null : name.slice(0, end);
};

const objectOf = (kind: ObjectKind, row: Record<string, unknown>): SwarmObject => {
  const name = text(row["Name"]) || text(row["Names"]);
  const labelled = labelIn(text(row["Labels"]), stackLabelName);
  return {
    kind,
    name,
    id: text(row["ID"]) || name,
    // `service ls` prints no labels; a service of a stack is always `<stack>_<service>`.
    stackLabel: labelled ?? (kind === "service" ? stackOfService(name) : null),
  };
};

export const everyKind: ReadonlySet<ObjectKind> = new Set(listings.map(({ kind }) => kind));

/**
 * Every object of the Swarm with its name and stack: one docker process for each kind, whatever there is.
 *
 * Rejects when any of them fails: half a list would make what is missing look gone.
 */
export const listObjects = async (docker: Docker, signal?: AbortSignal, kinds = everyKind): Promise<readonly SwarmObject[]> => {
  const rows = await Promise.all(
    listings.filter(({ kind }) => kinds.has(kind)).map(async ({ kind, args }) => (await docker.lines(args, signal)).map((row) => objectOf(kind, row))),
  );
  return rows.flat();
};
