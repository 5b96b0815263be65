import { beforeAll, test } from "vitest";
import { makeHolder } from "../../support/lock-holder.js";
import { expectServedInOrder } from "./served-in-order.js";

beforeAll(makeHolder);

test("twenty waiters are served in the order in which they came", () => expectServedInOrder(20));
