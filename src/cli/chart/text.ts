/** Widths of Helvetica's characters in thousandths of the font size, from the space to the tilde. */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
  278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
  667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556,
  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

interface Style {
  /** A class of the SVG's style sheet. */
  readonly name: string;
  readonly size: number;
  readonly bold: boolean;
}

export const styles = {
  title: { name: "title", size: 14, bold: true },
  description: { name: "description", size: 11.5, bold: false },
  keyword: { name: "keyword", size: 11.5, bold: false },
  actor: { name: "actor", size: 11.5, bold: false },
  action: { name: "action", size: 11.5, bold: false },
  guard: { name: "guard", size: 11.5, bold: false },
  deaf: { name: "deaf", size: 11.5, bold: true },
  event: { name: "event", size: 11.5, bold: true },
  done: { name: "done", size: 11.5, bold: true },
  error: { name: "error", size: 11.5, bold: true },
  after: { name: "after", size: 11.5, bold: true },
  always: { name: "always", size: 11.5, bold: true },
} as const satisfies Record<string, Style>;

export type StyleName = keyof typeof styles;

export interface Piece {
  readonly text: string;
  readonly style: StyleName;
}

export type Line = readonly Piece[];

export const lineHeight = 16;

/** The width of a piece of text. The SVG's `textLength` stretches or squeezes it to exactly this in any font. */
export const widthOf = ({ text, style }: Piece): number => {
  const { size, bold } = styles[style];
  let units = 0;
  for (const character of text) units += widths[character.charCodeAt(0) - 32] ?? 600;
  return (units * size * (bold ? 1.08 : 1)) / 1000;
};

export const lineWidth = (line: Line): number => line.reduce((sum, piece) => sum + widthOf(piece), 0);

export const blockWidth = (lines: readonly Line[]): number => Math.max(0, ...lines.map(lineWidth));

/** Wraps words of one style into lines no wider than `max`, unless a single word is wider. */
export const wrap = (text: string, style: StyleName, max: number): readonly Line[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf({ text: longer, style }) > max) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => [{ text: one, style }]);
};
