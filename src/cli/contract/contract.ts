/** One of our assumptions about docker or abra, and what this host has to say to it. */
export interface Examined {
  readonly chapter: string;
  readonly title: string;
  /** How well it is evidenced so far: the marks of docs/abra.md. */
  readonly mark: string;
  /** The open question of docs/abra.md that it answers. */
  readonly question: number | null;
  /** Null where that could not be examined here. */
  readonly holds: boolean | null;
  /** How this host does otherwise; null where it does not. */
  readonly difference: string | null;
  /** What this host lacks for it; null where it was examined. */
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
  /** Apps are made below it, and whatever is found below it at the start is what a killed examination left. */
  readonly zone: string;
  readonly onRow: (row: Examined) => void;
  /** Ends the examination after the clean-up of what it has made. */
  readonly signal: AbortSignal;
}

/**
 * What dist/contract.cjs offers: the table of tests/contract, without a test runner. It makes apps, and removes them, and whatever of
 * the host it had to add for them, before it resolves. Rejects where it cannot even begin, or cannot clean up.
 */
export interface Contract {
  readonly examine: (tools: ContractTools, examination: Examination) => Promise<void>;
}
