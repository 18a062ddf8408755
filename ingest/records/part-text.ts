import type { Fact } from "../../infra/document.ts";
import type { Block } from "../parsers/port.ts";
import type { DisplayedValue } from "./display-value.ts";

/** A field as it is written: its label and value, and where it stands when it belongs to a line of the record. */
export interface WrittenField extends DisplayedValue {
  readonly name: string;
  readonly label: string;
}

export interface WrittenText {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly facts: readonly Fact[];
}

/** Writes the text of a record's part and remembers where each fact stands. */
export class PartText {
  #text = "";
  readonly #blocks: Block[] = [];
  readonly #facts: Fact[] = [];

  heading(text: string): void {
    const start = this.#startLine();
    this.#text += text;
    this.#blocks.push({ kind: "heading", level: 2, start, end: this.#text.length, page: null });
  }

  /** One line `Label: value`. */
  field(field: WrittenField): void {
    const start = this.#startLine();
    this.#text += `${field.label}: ${field.display}`;
    this.#blocks.push({ kind: "paragraph", start, end: this.#text.length, page: null });
    this.#facts.push(factOf(field, start, this.#text.length));
  }

  /** One line for a line of the record: `Product: …; Quantity: …`. */
  line(line: NonNullable<Fact["line"]>, fields: readonly WrittenField[]): void {
    if (fields.length === 0) return;
    const start = this.#startLine();
    for (const [index, field] of fields.entries()) {
      if (index > 0) this.#text += "; ";
      const from = this.#text.length;
      this.#text += `${field.label}: ${field.display}`;
      this.#facts.push({ ...factOf(field, from, this.#text.length), line });
    }
    this.#blocks.push({ kind: "table-row", start, end: this.#text.length, page: null });
  }

  /** A fact to find the record by; it shows nothing and is cited by nothing. */
  reference(field: WrittenField, line?: Fact["line"]): void {
    this.#facts.push({ ...factOf(field, 0, 0), ...(line === undefined ? {} : { line }) });
  }

  /** Whether it states nothing; a heading alone is nothing. */
  get isEmpty(): boolean {
    return this.#blocks.every(({ kind }) => kind === "heading");
  }

  written(): WrittenText {
    return { text: this.#text, blocks: this.#blocks, facts: this.#facts };
  }

  #startLine(): number {
    if (this.#text !== "") this.#text += "\n";
    return this.#text.length;
  }
}

function factOf({ name, label, value, display }: WrittenField, start: number, end: number): Fact {
  return { name, label, value, display, start, end };
}
