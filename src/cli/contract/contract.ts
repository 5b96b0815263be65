/** One of our assumptions about docker or abra, and whether it holds on this host. */
export interface Examined {
  readonly chapter: string;
  readonly title: string;
  /** How well it is evidenced so far: a mark of docs/abra.md. */
  readonly mark: string;
  /** The open question of docs/abra.md that it answers. */
  readonly question: number | null;
  /** Null if that could not be examined here. */
  readonly holds: boolean | null;
  /** How this host differs; null if it does not. */
  readonly difference: string | null;
  /** Why it was not examined: what this host lacks for it. Null if it was. */
  readonly notExamined: string | null;
  readonly ms: number;
}

export interface ContractTools {
  readonly abra: string;
  readonly docker: string;
  /** A folder for the stand-ins' world; null with a real docker. */
  readonly sandbox: string | null;
}

export interface Examination {
  /** Apps are created below it. Whatever is found below it at the start was left by a killed examination. */
  readonly zone: string;
  readonly onRow: (row: Examined) => void;
  /** Aborting it ends the examination, after it has removed what it created. */
  readonly signal: AbortSignal;
}

/**
 * What dist/contract.cjs offers: the table of tests/contract, without a test runner. It creates apps, and before it resolves
 * it removes them and whatever it had to add to the host for them. Rejects if it cannot even begin, or cannot clean up.
 */
export interface Contract {
  readonly examine: (tools: ContractTools, examination: Examination) => Promise<void>;
}
