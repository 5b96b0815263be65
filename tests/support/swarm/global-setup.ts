import { ensureImages, ensureSwarm, whichAbra } from "./bring-up.js";

/** Brings the Swarm up once for the whole suite; its first and last line say which abra was driven. */
export default async function setUp(): Promise<() => Promise<void>> {
  const stop = await ensureSwarm();
  ensureImages();
  const line = `real Docker Swarm, driven through ${whichAbra().name}`;
  console.log(`test:swarm: ${line}`);
  return async () => {
    await stop();
    console.log(`test:swarm was: ${line}`);
  };
}
