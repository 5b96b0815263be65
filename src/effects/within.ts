import { setMaxListeners } from "node:events";

const timerMax = 2 ** 31 - 1;

/**
 * Aborts when the signal does, with its reason, or when so much time is over, with a TimeoutError. Keeps no process alive.
 *
 * Not `AbortSignal.any` over `AbortSignal.timeout`: nothing holds on to the timeout there, and after a garbage collection
 * Node 20 never tells of it.
 */
export const within = (signal: AbortSignal, limitMs: number): AbortSignal => {
  const controller = new AbortController();
  if (signal.aborted) {
    controller.abort(signal.reason);
    return controller.signal;
  }
  const onAbort = (): void => {
    clearTimeout(timer);
    controller.abort(signal.reason);
  };
  const onTime = (): void => {
    signal.removeEventListener("abort", onAbort);
    controller.abort(new DOMException(`it was not done within ${limitMs / 1_000} s`, "TimeoutError"));
  };
  const timer = setTimeout(onTime, Math.min(limitMs, timerMax)).unref();
  // A run's own signal is listened to by whatever the run waits for.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", onAbort, { once: true });
  return controller.signal;
};
