import { afterAll, expect } from "vitest";

/** Globals that libraries define when they are loaded, and never remove: `goog` comes from the compiler that produced elkjs. */
const ofLibraries = ["goog"];

/** The state that all modules of a process share. A test file that changes it affects each file its worker runs later. */
const shared = () => ({
  folder: process.cwd(),
  umask: process.umask(),
  title: process.title,
  env: { ...process.env },
  globals: Object.getOwnPropertyNames(globalThis)
    .filter((name) => !ofLibraries.includes(name))
    .sort(),
  listeners: Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)])),
});

const exitListeners = () => process.listeners("exit");

// Each registry of children adds an exit listener, and a test file may make any number of registries.
process.setMaxListeners(0);

const before = shared();
const others = new Set(exitListeners());

/** Calls the exit listeners that this file added: a registry kills its children when its process exits, but the worker lives on. */
const endAsProcess = (): void => {
  for (const listener of exitListeners().filter((one) => !others.has(one))) {
    listener(0);
    process.off("exit", listener);
  }
};

afterAll(() => {
  endAsProcess();
  expect(shared(), "this file leaves something behind for the next one of its worker").toEqual(before);
});
