/** What this process has taken of the processor since `began`, or ever: a busy host makes the clock say more. ms */
export const workedMs = (began = 0): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 - began;
};
