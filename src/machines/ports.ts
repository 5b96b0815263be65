import {
  fromCallback,
  fromEventObservable,
  fromPromise,
  type CallbackActorLogic,
  type EventObject,
  type ObservableActorLogic,
  type PromiseActorLogic,
} from "xstate";

/** The kind of actor behind a port: the chart lint demands an `onError` for each, and an `onDone` for a promise. */
export type PortKind = "promise" | "callback" | "observable" | "machine";

/** xstate's actor logic does not say of which kind it is; a port does. */
const ofKind = <L extends object>(logic: L, kind: PortKind): L => Object.assign(logic, { kind });

const unplugged = (name: string) => (): never => {
  throw new Error(`the port ${name} has nothing behind it: plug an effect in with machine.provide({ actors })`);
};

/** A port that ends once: with an output, or with an error that the chart must handle. */
export const promisePort = <Output, Input>(name: string): PromiseActorLogic<Output, Input> =>
  ofKind(
    fromPromise<Output, Input>(async () => unplugged(name)()),
    "promise",
  );

/** A port that speaks in events for as long as its state lasts. */
export const callbackPort = <Events extends EventObject, Input>(name: string): CallbackActorLogic<Events, Input> =>
  ofKind(fromCallback<Events, Input>(unplugged(name)), "callback");

/** A port whose events go straight to the machine, for as long as its state lasts. */
export const observablePort = <Events extends EventObject, Input>(name: string): ObservableActorLogic<Events, Input> =>
  ofKind(fromEventObservable<Events, Input>(unplugged(name)), "observable");
