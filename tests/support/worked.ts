/** The processor time used since `began` (by default since this process's start), which a busy host does not inflate. ms */
export const workedMs = (began = 0): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 - began;
};
