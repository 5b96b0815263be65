import { setMaxListeners } from "node:events";
import { RunError } from "../../machines/errors.js";
import { startChild, type ChildEnd, type ChildSpec, type RunningChild } from "./child.js";
import { judged } from "./foreign-end.js";
import type { ScopeName } from "./scope-name.js";

export interface Scope {
  readonly name: ScopeName;
  readonly closed: boolean;
  /** Aborts when the scope is closed, with `scope-closed`: what works for it without a child ends by this. */
  readonly closing: AbortSignal;
  /**
   * Resolves when the child is gone. Rejects with `scope-closed`, `no-such-command` or `cannot-start` when nothing was
   * started, and with `child-killed` when it was killed by neither us nor a fault of its own. An abort ends the
   * child's group; the promise still waits for its end.
   *
   * An end that a stop may have caused is not told before that stop had time to be heard: it then comes as aborted.
   */
  readonly run: (spec: ChildSpec, signal?: AbortSignal) => Promise<ChildEnd>;
  /** Refuses later spawns, then ends what lives: TERM, after half the limit KILL. Resolves when none is alive. */
  readonly drain: (limitMs: number) => Promise<void>;
}

export interface ChildRegistry {
  readonly scope: (name: ScopeName) => Scope;
  /** SIGKILL to every open group, now: for the process's own end. */
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
  // Every call in flight listens to it.
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
