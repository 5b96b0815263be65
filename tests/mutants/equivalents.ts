/** Faults that change nothing anybody could notice, each with the reason. One that is noticed after all fails the script. */
export const equivalents: Readonly<Record<string, string>> = {
  "teardown | actions removed | verifying: listResidue onDone #1":
    "keeps an empty list where the list is empty already: residue is kept only on the way into dirty, which nothing leaves",
};
