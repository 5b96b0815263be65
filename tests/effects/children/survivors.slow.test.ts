import { test } from "vitest";
import { expectForkingCaught } from "./forking.js";

test.each([1, 1, 10])("%i chains of four hundred processes that fork and end do not slip through", (many) =>
  expectForkingCaught(many, 400),
);
