import type { Account } from "./run-files.js";
import type { Finding } from "./world.js";

interface Span {
  readonly run: string;
  readonly domain: string;
  readonly from: number;
  readonly to: number;
}

const holds = (state: string): boolean => state.startsWith("holding.running") || state.startsWith("holding.tearingDown");

/** When the run had its app, by its own journal. `endedAt`: of a run that was killed, when that happened at the earliest. */
const spanOf = ({ record, steps }: Account, endedAt: number | undefined): readonly Span[] => {
  const first = steps.findIndex(({ state }) => holds(state));
  const begin = steps[first];
  if (record === null || begin === undefined) return [];
  const after = steps.slice(first).find(({ state }) => !holds(state));
  const last = steps.at(-1)?.at ?? begin.at;
  const to = after?.at ?? Math.max(last, endedAt ?? last);
  return [{ run: String(record["runId"]), domain: String(record["domain"]), from: begin.at, to }];
};

/** Runs of one app that say that they had it at the same time. `killedAt` by run id, ms since the epoch. */
export const twoHolders = (accounts: readonly Account[], killedAt: ReadonlyMap<string, number> = new Map()): readonly Finding[] => {
  const spans = accounts
    .flatMap((account) => spanOf(account, killedAt.get(String(account.record?.["runId"]))))
    .sort((a, b) => a.from - b.from);
  const latest = new Map<string, Span>();
  return spans.flatMap((span): readonly Finding[] => {
    const before = latest.get(span.domain);
    if (before === undefined || span.to > before.to) latest.set(span.domain, span);
    if (before === undefined || span.from >= before.to) return [];
    return [{ kind: "two holders", what: `${span.domain}: ${span.run} from ${span.from}, while ${before.run} had it until ${before.to}` }];
  });
};
