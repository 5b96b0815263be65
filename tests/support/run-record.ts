import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import type { Cookie } from "../../src/machines/vocabulary.js";

/** A record of a run that has just begun. */
export const sampleRecord: RunRecordFile = {
  schema: 1,
  runId: "42",
  recipe: "notes",
  ref: "0123456789abcdef0123456789abcdef01234567",
  pr: 7,
  domain: "note-0a1b2c.ci.example.com",
  stack: "note-0a1b2c_ci_example_com",
  cookie: "cookie" as Cookie,
  pid: 4242,
  link: "https://ci.example.com/42",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: null,
  state: "prepare",
  deadline: "2026-01-01T00:50:00.000Z",
  verdict: null,
  cause: null,
  failure: null,
  cleanliness: null,
  residue: [],
  unasked: [],
  exitCode: null,
  deploys: 1,
  phases: [],
};
