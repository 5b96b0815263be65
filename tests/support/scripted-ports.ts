import {
  fromCallback,
  fromEventObservable,
  fromPromise,
  type CallbackActorLogic,
  type EventObject,
  type ObservableActorLogic,
  type PromiseActorLogic,
} from "xstate";
import { Observable } from "rxjs";
import { portKind } from "./port-kind.js";

/** What a test puts behind a port: for a promise a function that answers, for a port of events one that sends them. */
type Script<Logic> =
  Logic extends PromiseActorLogic<infer Output, infer Input>
    ? (input: Input, signal: AbortSignal) => Output | PromiseLike<Output>
    : Logic extends ObservableActorLogic<infer Event, infer Input>
      ? (say: (event: Event) => void, input: Input) => void
      : Logic extends CallbackActorLogic<infer Event, infer Input>
        ? (say: (event: Event) => void, input: Input) => void
        : never;

export type Scripts<Ports> = { readonly [Name in keyof Ports]?: Script<Ports[Name]> };

type Answer = (input: unknown, signal: AbortSignal) => unknown;
type Speaker = (say: (event: EventObject) => void, input: unknown) => void;

const logicFor = (port: object, script: Answer | Speaker): unknown => {
  const speak = script as Speaker;
  const kind = portKind(port);
  if (kind === "callback") return fromCallback(({ sendBack, input }) => speak(sendBack, input));
  if (kind === "observable")
    return fromEventObservable(({ input }) => new Observable<EventObject>((subscriber) => speak((event) => subscriber.next(event), input)));
  return fromPromise(async ({ input, signal }) => (script as Answer)(input, signal));
};

/**
 * A machine's ports with scripts behind them, for `machine.provide({ actors })`. The compiler checks each script against its port's
 * input, output and events. A port without a script stays as it is and throws when it is invoked.
 */
export const scriptedPorts = <Ports extends Readonly<Record<string, object>>>(ports: Ports, scripts: Scripts<Ports>): Ports => {
  const given = Object.entries(scripts as Readonly<Record<string, Answer | Speaker>>);
  // The type `Scripts` has already checked that each script fits its port.
  return { ...ports, ...Object.fromEntries(given.map(([name, script]) => [name, logicFor(ports[name] ?? {}, script)])) };
};

/** An answer that never comes. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);
