export type Method = "GET" | "POST" | "PUT" | "DELETE";
type QueryValue = string | number | boolean | object | undefined;

export interface EngineAsk {
  /** An object is sent as JSON, the form that the Engine wants for filters. Undefined values are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the whole answer may take, or for a stream its beginning. ms */
  readonly limitMs?: number;
}
