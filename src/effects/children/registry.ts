import { setMaxListeners } from "node:events";
import { RunError } from "../../machines/errors.js";
import { startChild, type ChildEnd, type ChildSpec, type RunningChild } from "./child.js";
import { judged } from "./foreign-end.js";
import type { ScopeName } from "./scope-name.js";

export interface Scope {
  readonly name: ScopeName;
  readonly closed: boolean;
  /** Aborts with `scope-closed` when the scope is closed, which ends work of the scope that has no child. */
  readonly closing: AbortSignal;
  /**
   * Resolves when the child is gone. Rejects with `scope-closed`, `no-such-command` or `cannot-start` if nothing was
   * started, and with `child-killed` if somebody else killed it. An abort ends the child's group; the promise still waits
   * for that end.
   *
   * If a stop may have caused the end, it is reported only after that stop had time to reach us, and then as aborted.
   */
  readonly run: (spec: ChildSpec, signal?: AbortSignal) => Promise<ChildEnd>;
  /** Refuses later spawns, then ends the living children: TERM, and after half the limit KILL. Resolves when none is alive. */
  readonly drain: (limitMs: number) => Promise<void>;
}

export interface ChildRegistry {
  readonly scope: (name: ScopeName) => Scope;
  /** Sends SIGKILL to every child's group now, for the end of our own process. */
  readonly killAll: () => void;
  readonly alive: () => readonly number[];
}

const scopeClosed = (name: ScopeName): RunError =>
  new RunError("scope-closed", `the run is ending: no more children for ${name}`, {
    hint: "Nothing to do: the run is being torn down.",
  });

const createScope = (name: ScopeName): Scope & { readonly children: Set<RunningChild> } => {
  const children = new Set<RunningChild>();
  const closing = new AbortController();
  // Every running call listens to it, so many listeners are not a leak.
  setMaxListeners(0, closing.signal);
  return {
    name,
    children,
    get closed() {
      return closing.signal.aborted;
    },
    closing: closing.signal,
    async run(spec, signal) {
      if (closing.signal.aborted || signal?.aborted === true) throw scopeClosed(name);
      const child = startChild(spec, signal);
      children.add(child);
      const end = await child.end.finally(() => children.delete(child));
      return spec.isConnection === true ? end : judged(spec, end, name, [signal, closing.signal]);
    },
    async drain(limitMs) {
      closing.abort(scopeClosed(name));
      const living = [...children];
      for (const child of living) child.stop(limitMs / 2);
      await Promise.allSettled(living.map((child) => child.end));
    },
  };
};

/** All children of this process, outside the chart: a broken chart must not lose sight of them. */
export const createChildRegistry = (): ChildRegistry => {
  const scopes = new Map<ScopeName, ReturnType<typeof createScope>>();
  const living = (): RunningChild[] => [...scopes.values()].flatMap(({ children }) => [...children]);
  const registry: ChildRegistry = {
    scope(name) {
      const scope = scopes.get(name) ?? createScope(name);
      scopes.set(name, scope);
      return scope;
    },
    killAll() {
      for (const child of living()) child.killNow();
    },
    alive: () => living().flatMap(({ pid }) => (pid === null ? [] : [pid])),
  };
  process.on("exit", registry.killAll);
  return registry;
};
