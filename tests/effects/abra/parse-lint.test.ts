import { expect, test } from "vitest";
import { parseLint } from "../../../src/effects/abra/lint/parse-lint.js";

const rows = [
  ["R001", "compose config has expected version", "warn", "✅", "-", "ensure version 3.8"],
  ["R009", "one service named 'app'", "error", "❌", "-", "name one service app"],
  ["R013", "git.coopcloud.tech repo exists", "error", "-", "✅", "upload it"],
] as const;

const expected = [
  { ref: "R001", rule: "compose config has expected version", severity: "warn", satisfied: "yes", resolve: "ensure version 3.8" },
  { ref: "R009", rule: "one service named 'app'", severity: "error", satisfied: "no", resolve: "name one service app" },
  { ref: "R013", rule: "git.coopcloud.tech repo exists", severity: "error", satisfied: "skipped", resolve: "upload it" },
];

const head = ["REF", "RULE", "SEVERITY", "SATISFIED", "SKIPPED", "RESOLVE"];
const drawn = (bar: string, edge = bar): string => [head, ...rows].map((row) => `${edge} ${row.join(` ${bar} `)} ${edge}`).join("\n");

test.each([
  ["with thin bars and rules", `┌───┬───┐\n${drawn("│")}\n└───┴───┘\n`],
  ["with thick bars", drawn("┃")],
  ["with ASCII bars, as older versions drew it", `+---+---+\n${drawn("|")}\n+---+---+`],
  ["without outer edges", drawn("│", "")],
  ["with gaps alone", [head, ...rows].map((row) => row.join("   ")).join("\n")],
  [
    "with colours, a terminal's line ends, and a line of the log before it",
    `INFO looking\r\n${drawn("│").replaceAll("R009", "\u001b[31mR009\u001b[0m").replaceAll("\n", "\r\n")}\r\n`,
  ],
])("the parser reads abra's table %s", (_, output) => {
  expect(parseLint(output)).toEqual(expected);
});

test("when the columns have another order or one is added, the parser goes by their headings", () => {
  const output = "│ ref │ satisfied │ since │ rule │ severity │ skipped │ resolve │\n│ R001 │ no │ 0.4 │ a rule │ Error │ - │ do it │";
  expect(parseLint(output)).toEqual([{ ref: "R001", rule: "a rule", severity: "error", satisfied: "no", resolve: "do it" }]);
});

test("when a cell continues in the next line of the table, the parser joins its parts", () => {
  const output = "│ R001 │ compose config has │ warn │ ❌ │ - │ ensure that │\n│      │ expected version │  │  │  │ version is 3.8 │";
  expect(parseLint(output)).toEqual([
    { ref: "R001", rule: "compose config has expected version", severity: "warn", satisfied: "no", resolve: "ensure that version is 3.8" },
  ]);
});

test("when there is no table, or it does not say whether a rule holds, the parser returns null", () => {
  expect(parseLint("")).toBeNull();
  expect(parseLint("FATA inappropriate ioctl for device")).toBeNull();
  expect(parseLint("R001  expected config version 3.8  satisfied")).toBeNull();
  expect(parseLint(`${drawn("│")}\n│ R016 │ a new rule │ error │ maybe │ - │ - │`)).toBeNull();
});

test("hostile output is parsed in linear time, and refused with more rows than abra has rules", () => {
  expect(parseLint("│".repeat(1_000_000))).toBeNull();
  expect(parseLint(" ".repeat(1_000_000))).toBeNull();
  expect(parseLint("│ R001 │ a │ warn │ ✅ │ - │ b │\n".repeat(1_000))).toBeNull();
  expect(parseLint(`│ R001 │ ${"x".repeat(1_000_000)} │ warn │ ✅ │ - │ b │`)?.[0]?.rule).toHaveLength(500);
});
