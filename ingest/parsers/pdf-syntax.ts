/** A name without its slash. */
export class PdfName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class PdfReference {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

/** An operator of a page's content, or a keyword of the file. */
export class PdfKeyword {
  readonly word: string;

  constructor(word: string) {
    this.word = word;
  }
}

export type PdfDictionary = ReadonlyMap<string, PdfValue>;
/** Strings are all the same to us: none of what we look for is one. */
export type PdfValue =
  | number
  | boolean
  | null
  | string
  | PdfName
  | PdfReference
  | PdfKeyword
  | PdfDictionary
  | readonly PdfValue[];

const DEEPEST = 30;
const TOKEN =
  /(?:[\0\t\n\f\r ]|%[^\r\n]*)*(?:(\/[^\0\t\n\f\r ()<>[\]{}/%]*)|([+-]?(?:\d+\.?\d*|\.\d+))(?=[\0\t\n\f\r ()<>[\]{}/%]|$)|(<<|>>|[[\]{}])|(\()|<[\da-fA-F\0\t\n\f\r ]*>|([^\0\t\n\f\r ()<>[\]{}/%]+))/y;

/** Reads values of PDF's syntax (ISO 32000-1, 7.2 and 7.3) one after the other from text of one character a byte. */
export class PdfSyntax {
  readonly #text: string;
  position: number;

  constructor(text: string, position = 0) {
    this.#text = text;
    this.position = position;
  }

  /** Undefined at the end, and where there is no syntax. */
  next(depth = 0): PdfValue | undefined {
    TOKEN.lastIndex = this.position;
    const match = TOKEN.exec(this.#text);
    if (match === null || depth > DEEPEST) return undefined;
    this.position = TOKEN.lastIndex;
    const [, name, number, mark, string, word] = match;
    if (name !== undefined)
      return new PdfName(name.slice(1).replace(/#([\da-f]{2})/giu, (_, hex: string) => byte(hex)));
    if (number !== undefined) return this.#reference(number) ?? Number(number);
    if (string !== undefined) return this.#string();
    if (mark === "<<") return this.#dictionary(depth);
    if (mark === "[") return this.#array(depth);
    if (word === "true" || word === "false") return word === "true";
    if (word === "null") return null;
    const keyword = mark ?? word;
    return keyword === undefined ? "" : new PdfKeyword(keyword);
  }

  #reference(number: string): PdfReference | null {
    const rest = /[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/y;
    rest.lastIndex = this.position;
    if (!/^\d+$/u.test(number) || !rest.test(this.#text)) return null;
    this.position = rest.lastIndex;
    return new PdfReference(Number(number));
  }

  #string(): string {
    for (let open = 1; open > 0; this.position += 1) {
      const character = this.#text[this.position];
      if (character === undefined) break;
      if (character === "\\") this.position += 1;
      if (character === "(") open += 1;
      if (character === ")") open -= 1;
    }
    return "";
  }

  #array(depth: number): readonly PdfValue[] {
    const values: PdfValue[] = [];
    for (;;) {
      const value = this.next(depth + 1);
      if (value === undefined || (value instanceof PdfKeyword && value.word === "]")) return values;
      values.push(value);
    }
  }

  #dictionary(depth: number): PdfDictionary {
    const entries = new Map<string, PdfValue>();
    for (;;) {
      const key = this.next(depth + 1);
      if (!(key instanceof PdfName)) return entries;
      const value = this.next(depth + 1);
      if (value === undefined || (value instanceof PdfKeyword && value.word === ">>")) return entries;
      entries.set(key.name, value);
    }
  }
}

const byte = (hex: string): string => String.fromCodePoint(Number.parseInt(hex, 16));
