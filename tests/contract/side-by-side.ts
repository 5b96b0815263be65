/**
 * Does some work, so much of it at once, and passes on what each piece says in the order of the pieces: what a later one
 * says is kept until those before it have ended. All of it has ended when this settles; it rejects with the first failure.
 */
export const sideBySide = async <Piece, Word>(
  pieces: readonly Piece[],
  atOnceMax: number,
  onWord: (word: Word) => void,
  work: (piece: Piece, onWord: (word: Word) => void) => Promise<void>,
): Promise<void> => {
  const kept = pieces.map((): Word[] => []);
  const hasEnded = pieces.map(() => false);
  let turn = 0;
  const say = (index: number, word: Word): void => {
    if (index === turn) onWord(word);
    else kept[index]?.push(word);
  };
  const end = (index: number): void => {
    hasEnded[index] = true;
    while (hasEnded[turn] === true) {
      turn += 1;
      for (const word of kept[turn]?.splice(0) ?? []) onWord(word);
    }
  };
  const queue = pieces.entries();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, piece] of queue) {
      await work(piece, (word) => say(index, word)).catch((error: unknown) => failures.push(error));
      end(index);
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
  if (failures.length > 0) throw failures[0];
};
