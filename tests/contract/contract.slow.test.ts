import { test } from "vitest";
import { expectAllQuestions, runTable } from "./run-table.js";
import { toolsFromEnvironment } from "./tools.js";

test("each open question about abra has a row with the answer we assume", expectAllQuestions);

/** The stand-ins, unless CONTRACT_ABRA and CONTRACT_DOCKER name others: docs/abra.md says how. */
runTable(toolsFromEnvironment(process.env));
