import { expect, test } from "vitest";
import { fatalIn, saysNoBackupService, saysNoContainer, saysUnknownApp } from "../../../src/effects/abra/abra-texts.js";
import { workedMs } from "../../support/worked.js";

test.each([["app "], ["no service "], ["backupbot "], ["\u001B[1mFATA "]])(
  "when abra quotes a hook that printed %j for half a megabyte, its last message is matched at once",
  (word) => {
    const began = workedMs();
    const said = fatalIn(`\u001B[31mFATA\u001B[0m ${word.repeat(500_000 / word.length)}\n`) ?? "";
    expect(said.length).toBeGreaterThan(100);
    expect([saysUnknownApp(said), saysNoBackupService(said), saysNoContainer(said)]).toEqual([false, false, false]);
    expect(workedMs(began)).toBeLessThan(300);
  },
);

test("when a hook's output looks like a message of abra, the last message counts, which is abra's own", () => {
  const said = fatalIn(
    "INFO running the pre-hook\nFATA no space left on device\n\u001B[31mFATA\u001B[0m the backup failed with exit code 3\n",
  );
  expect(said).toBe("the backup failed with exit code 3");
});
