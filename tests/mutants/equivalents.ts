/** Faults that change nothing anybody could notice, each with the reason. One that is noticed after all fails the script. */
export const equivalents: Readonly<Record<string, string>> = {
  "deps | initial moved on | root": "the run enters it only with a dep to deploy, which choosing would choose at once",
  "teardowns | initial moved on | root": "a run has at least its own app to tear down, which choosing would choose at once",
};
