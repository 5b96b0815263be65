/** Which part of the run a child works for. Scopes are closed one by one, so that teardown can work when nothing else may. */
export type ScopeName = "work" | "teardown" | "janitor" | "rescue";
