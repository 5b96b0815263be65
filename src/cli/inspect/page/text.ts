import type { Frame } from "../frame.js";
import type { ActorView } from "./world.js";

type Event = Frame["event"];

/** A readable form of xstate's own events, such as `xstate.done.actor.deploy`. */
export const readableEvent = ({ type }: Event): string => {
  if (type === "xstate.init") return "begins";
  const [, kind, rest = ""] = /^xstate\.(done\.actor|error\.actor|done\.state|after|stop)\.?(.*)$/.exec(type) ?? [];
  switch (kind ?? "") {
    case "done.actor":
      return `done: ${rest}`;
    case "error.actor":
      return `error: ${rest}`;
    case "after":
      return `after ${rest.split(".")[0] ?? ""}`;
    case "stop":
      return "stopped";
    default:
      return type;
  }
};

/** How an event should look. */
export const kindOf = ({ type }: Event): "done" | "error" | "after" | "event" => {
  if (type.startsWith("xstate.done")) return "done";
  if (type.startsWith("xstate.error") || type === "lock.failed" || type === "unreadable line") return "error";
  if (type.startsWith("xstate.after")) return "after";
  return type === "stop" || type === "lock.lost" ? "after" : "event";
};

const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");

/** `12.3 s`, `4:05`, `1:02:03`. */
export const duration = (ms: number): string => {
  const s = Math.max(0, ms) / 1_000;
  if (s < 100) return `${s.toFixed(1)} s`;
  return s < 3_600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3_600)}:${two((s % 3_600) / 60)}:${two(s % 60)}`;
};

/** Leaf states without the chart's name in front. */
export const whereIs = ({ machine, leaves }: ActorView): string => leaves.map((leaf) => leaf.slice(machine.length + 1)).join(", ") || "-";

/** `{ type, … }` without the type, or null when there is nothing else. */
export const payloadOf = (event: Event): Readonly<Record<string, unknown>> | null => {
  const rest = Object.fromEntries(Object.entries(event).filter(([name]) => name !== "type" && name !== "actorId"));
  return Object.keys(rest).length === 0 ? null : rest;
};
