import { afterAll, expect } from "vitest";

/** What libraries define for good when they are loaded: elkjs, in the words of the compiler that made it. */
const ofLibraries = ["goog"];

/** What all modules of a process share: whoever changes it changes it for each file that the worker runs later. */
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

// Each registry of children listens for the end of its process: a file may make any number of them.
process.setMaxListeners(0);

const before = shared();
const others = new Set(exitListeners());

/** A registry of children kills them when its process ends. For the registries of this file that is now. */
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
