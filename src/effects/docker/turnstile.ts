/** Lets `max` pieces of work run at once; the others wait in the order in which they came. */
export const createTurnstile = (max: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= max) await new Promise<void>((next) => waiting.push(next));
    else inside += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in the queue, so that nobody who comes later gets it first.
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
};
