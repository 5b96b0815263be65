/*
 * Characters that a reader of a line does not see and that change what is read, each kind as the inside of a character
 * class. Whoever shows a stranger's text leaves them out (`printable`) or spells them out (`spelledOut`).
 */

/** DEL and C1: a terminal obeys them. JSON leaves them as they are, unlike C0. */
export const terminalControls = "\\u007f-\\u009f";

/** Browsers and editors begin a new line at these, other programs do not. */
export const lineSeparators = "\\u2028\\u2029";

/** They reverse the order in which a line is read. */
export const directionMarks = "\\p{Bidi_Control}";
