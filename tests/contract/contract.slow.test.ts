import { test } from "vitest";
import { expectAllQuestions, runTable } from "./run-table.js";
import { toolsFromEnvironment } from "./tools.js";

test("each open question about abra has a row with the answer that we assume", expectAllQuestions);

/** Examines the stand-ins unless CONTRACT_ABRA and CONTRACT_DOCKER name other tools: docs/abra.md says how. */
runTable(toolsFromEnvironment(process.env));
