/** A day or a time of a file, as the client writes it into a text. */
export class Moment {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** A day as good as any: its schema sees a text. */
  toJSON(): string {
    return this.text;
  }
}
