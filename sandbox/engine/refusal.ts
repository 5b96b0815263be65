import { beyondSandbox } from "../../src/effects/abra/beyond-sandbox.js";

/** A refusal by the engine: a status code and one sentence. */
export class EngineRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const refuse = (status: number, message: string): never => {
  throw new EngineRefusal(status, message);
};

/** Refuses by name what the sandbox does not do, so that nothing is green here that might be red on a Swarm. */
export const refuseUnknown = (what: string): never => refuse(501, beyondSandbox(what));

export const invalidArgument = (text: string): never => refuse(400, `rpc error: code = InvalidArgument desc = ${text}`);
