/** What a terminal obeys, what turns the reading order around, and where an editor begins a line: JSON has them as they are. */
const unseen = /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu;

/** The same JSON, with these characters spelled out: people look at a run's files with `cat` and `tail`, and strangers' words are in them. */
export const spelledOut = (json: string): string => json.replaceAll(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
