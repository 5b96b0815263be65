const advice = "; use a Swarm for it";

/** How the sandbox's stand-ins for abra, docker and the Engine refuse what only a Swarm does. abra passes it on as it is. */
export const beyondSandbox = (what: string): string => `the sandbox does not know ${what}${advice}`;

/** Whether abra's words contain such a refusal. */
export const saysBeyondSandbox = (said: string): boolean => said.includes(advice);
