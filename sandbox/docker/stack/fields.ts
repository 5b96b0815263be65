import { isMap, type Yaml } from "../compose/schema.js";

/** A part of the files that is a map; empty if it is missing. */
export const section = (thing: Yaml, key: string): Yaml => (isMap(thing[key]) ? thing[key] : {});

/** Undefined if it is not a list. */
export const texts = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);

/** Undefined if it is null or missing. */
export const number = (value: unknown): number | undefined => (value === undefined || value === null ? undefined : Number(value));

/** The client cuts off a fraction where it accepts one at all. */
export const whole = (value: unknown): number | undefined => (number(value) === undefined ? undefined : Math.trunc(Number(value)));

/** A word; undefined if it is empty or missing. */
export const said = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Only the fields that are set: the engine's documents have no empty fields. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** A list; undefined if it is empty. */
export const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
