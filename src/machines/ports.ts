import {
  fromCallback,
  fromEventObservable,
  fromPromise,
  type CallbackActorLogic,
  type EventObject,
  type ObservableActorLogic,
  type PromiseActorLogic,
} from "xstate";

/** What kind of actor stands behind a port. The chart lint reads it: a promise port must have an `onError`, for one. */
export type PortKind = "promise" | "callback" | "observable" | "machine";

/** Kinds by logic, so that lint and exporter need not guess from xstate's internals. */
const kinds = new WeakMap<object, PortKind>();

/** The kind of a port, or undefined for logic that did not come from this file. */
export const portKind = (logic: object): PortKind | undefined => kinds.get(logic);

const marked = <L extends object>(logic: L, kind: PortKind): L => {
  kinds.set(logic, kind);
  return logic;
};

const unplugged = (name: string) => (): never => {
  throw new Error(`the port ${name} has nothing behind it: plug an effect in with machine.provide({ actors })`);
};

/** A port that ends once: with an output, or with an error the chart must name. */
export const promisePort = <Output, Input>(name: string): PromiseActorLogic<Output, Input> =>
  marked(fromPromise<Output, Input>(async () => unplugged(name)()), "promise");

/** A port that speaks in events for as long as its state lasts. */
export const callbackPort = <Events extends EventObject, Input>(name: string): CallbackActorLogic<Events, Input> =>
  marked(fromCallback<Events, Input>(unplugged(name)), "callback");

/** A port whose events go straight to the machine, for as long as its state lasts. */
export const observablePort = <Events extends EventObject, Input>(name: string): ObservableActorLogic<Events, Input> =>
  marked(fromEventObservable<Events, Input>(unplugged(name)), "observable");
