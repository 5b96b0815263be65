export type Method = "GET" | "POST" | "PUT" | "DELETE";
export type QueryValue = string | number | boolean | object | undefined;

export interface EngineAsk {
  /** An object is sent as JSON, as the Engine wants its filters; what is undefined is left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the whole answer may take; of a stream, its beginning. */
  readonly limitMs?: number;
}
