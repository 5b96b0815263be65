interface Node {
  /** The first character that a word goes on with here, and the node that it leads to; 0: none. */
  code: number;
  to: number;
  /** The others: few nodes have any, and a map for each node would take most of the memory. */
  others: Map<number, number> | null;
  /** The node of the longest proper suffix of this node's text that is a prefix of a word. */
  fail: number;
  /** The nearest node along `fail` that ends a word; 0: none. */
  ending: number;
  readonly depth: number;
  /** Whether a word ends here. */
  ends: boolean;
}

const nodeAt = (depth: number): Node => ({ code: 0, to: 0, others: null, fail: 0, ending: 0, depth, ends: false });

/** The node that a character leads to; 0: none. */
const follow = (node: Node | undefined, code: number): number => {
  if (node === undefined || node.to === 0) return 0;
  return node.code === code ? node.to : (node.others?.get(code) ?? 0);
};

const lead = (node: Node, code: number, to: number): void => {
  if (node.to === 0) [node.code, node.to] = [code, to];
  else (node.others ??= new Map()).set(code, to);
};

const childrenOf = (node: Node | undefined): readonly (readonly [number, number])[] =>
  node === undefined || node.to === 0 ? [] : [[node.code, node.to], ...(node.others ?? [])];

/**
 * The automaton of Aho and Corasick: one step for each character of a text, however many words are looked for. A state is a
 * number, 0 at the beginning. It stands for the longest prefix of a word with which the text so far ends.
 */
export class WordGraph {
  readonly #nodes: Node[] = [nodeAt(0)];
  #isLinked = true;

  plant(word: string): void {
    this.#isLinked = false;
    let at = 0;
    for (let index = 0; index < word.length; index += 1) {
      const code = word.charCodeAt(index);
      const node = this.#nodes[at];
      const known = follow(node, code);
      at = known === 0 ? this.#nodes.length : known;
      if (known !== 0 || node === undefined) continue;
      this.#nodes.push(nodeAt(index + 1));
      lead(node, code, at);
    }
    const last = this.#nodes[at];
    if (last !== undefined) last.ends = true;
  }

  /** The state after one more character. */
  step(from: number, code: number): number {
    if (!this.#isLinked) this.#link();
    let state = from;
    let node = this.#nodes[state];
    let next = follow(node, code);
    while (next === 0 && state !== 0) {
      state = node?.fail ?? 0;
      node = this.#nodes[state];
      next = follow(node, code);
    }
    return next;
  }

  /** The length of the prefix that this state stands for. */
  depthOf(state: number): number {
    return this.#nodes[state]?.depth ?? 0;
  }

  /** The state itself if a word ends in it, else the state of the longest word with which its text ends; 0: none. */
  longestEnding(state: number): number {
    return this.#nodes[state]?.ends === true ? state : this.nextEnding(state);
  }

  /** The same for the next shorter word. */
  nextEnding(state: number): number {
    return this.#nodes[state]?.ending ?? 0;
  }

  /** Breadth first, so that each node's `fail` is known before those of its children. */
  #link(): void {
    this.#isLinked = true;
    const nodes = this.#nodes;
    const queue = [0];
    for (let head = 0; head < queue.length; head += 1) {
      const from = queue[head] ?? 0;
      for (const [code, to] of childrenOf(nodes[from])) {
        const child = nodes[to];
        if (child === undefined) continue;
        let fail = nodes[from]?.fail ?? 0;
        while (fail !== 0 && follow(nodes[fail], code) === 0) fail = nodes[fail]?.fail ?? 0;
        child.fail = from === 0 ? 0 : follow(nodes[fail], code);
        child.ending = nodes[child.fail]?.ends === true ? child.fail : (nodes[child.fail]?.ending ?? 0);
        queue.push(to);
      }
    }
  }
}
