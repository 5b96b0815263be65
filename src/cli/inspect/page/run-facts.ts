/** What the page knows about the run, from its record. */
export interface RunFacts {
  readonly runId: string;
  readonly recipe: string;
  readonly how: "live" | "ended" | "killed";
  readonly state: string;
  readonly verdict: string | null;
  readonly cause: string | null;
  /** The code of the failure. Records of earlier versions have none. */
  readonly failure?: string | null;
  readonly cleanliness: string | null;
  readonly exitCode: number | null;
  readonly domain: string | null;
  readonly ref: string | null;
  readonly link: string | null;
  readonly startedAt: string;
  readonly residue: readonly { readonly kind: string; readonly name: string }[];
}
