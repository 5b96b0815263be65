/** A date or a time in a file, as the client writes it into a text. */
export class Moment {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
