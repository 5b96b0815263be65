/**
 * What a state cannot be entered without. Throws where it is missing, which is a bug of the chart: the supervisor then
 * tears down, exit code 70. `what` says what was missing, for the message.
 */
export const must = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new Error(`a state was entered without ${what}`);
  return value;
};
