/** Signals with which a faulty program ends. They count as its own, whoever seems to have sent them. */
const faults: ReadonlySet<string> = new Set([
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGPIPE",
  "SIGSEGV",
  "SIGSYS",
  "SIGTRAP",
  "SIGXCPU",
  "SIGXFSZ",
]);

export const isFault = (signal: NodeJS.Signals): boolean => faults.has(signal);
