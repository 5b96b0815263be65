/**
 * A value without which a state cannot be entered. Throws if it is missing, which is a bug of the chart: the supervisor then
 * tears down and ends with 70. `what` names the value in the message.
 */
export const must = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined) throw new Error(`a state was entered without ${what}`);
  return value;
};
