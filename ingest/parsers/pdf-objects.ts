import { inflateSync } from "node:zlib";
import { type PdfDictionary, PdfKeyword, PdfName, PdfReference, PdfSyntax, type PdfValue } from "./pdf-syntax.ts";

export interface PdfStream {
  readonly dictionary: PdfDictionary;
  /** As they stand in the file. */
  readonly bytes: Uint8Array;
}

const MOST_OBJECTS = 200_000;
/** Of one stream that holds objects or a page's content; pages that are nothing but a picture have next to none. */
const MOST_INFLATED = 8_000_000;

/**
 * The objects of a PDF, so far as finding the picture of a scanned page needs them; pdf.js keeps its own to itself. Objects are found by
 * going through the file from start to end, streams passed over; of several with one number the last counts, as in a file that was saved
 * on top of itself. `read` gives null for what it is not meant for, encrypted files among it.
 */
export class PdfObjects {
  readonly #values: ReadonlyMap<number, PdfValue>;
  readonly #streams: ReadonlyMap<number, PdfStream>;

  private constructor(values: ReadonlyMap<number, PdfValue>, streams: ReadonlyMap<number, PdfStream>) {
    this.#values = values;
    this.#streams = streams;
  }

  static read(bytes: Uint8Array): PdfObjects | null {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    const values = new Map<number, PdfValue>();
    const streams = new Map<number, PdfStream>();
    const objects =
      /(?<![^\0\t\n\f\r >])(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj(?![a-z])|(?<![a-z])trailer(?![a-z])/gu;
    for (let match = objects.exec(text); match !== null; match = objects.exec(text)) {
      const syntax = new PdfSyntax(text, objects.lastIndex);
      const value = syntax.next();
      objects.lastIndex = Math.max(syntax.position, objects.lastIndex);
      if (value === undefined || values.size > MOST_OBJECTS) return null;
      if (value instanceof Map && value.has("Encrypt")) return null;
      if (match[1] === undefined) continue;
      const number = Number(match[1]);
      values.set(number, value);
      streams.delete(number);
      const start = value instanceof Map ? streamStart(text, syntax.position) : null;
      if (start === null) continue;
      const end = streamEnd(text, start, (value as PdfDictionary).get("Length"));
      if (end === null) return null;
      const stream = { dictionary: value as PdfDictionary, bytes: bytes.subarray(start, end) };
      streams.set(number, stream);
      objects.lastIndex = end;
      if (nameOf(stream.dictionary.get("Type")) === "ObjStm" && !addCompressed(stream, values, streams)) return null;
    }
    return new PdfObjects(values, streams);
  }

  /** The dictionaries of this type, in order of their numbers' first appearance. */
  ofType(type: string): PdfDictionary[] {
    return [...this.#values.values()].filter(
      (value): value is PdfDictionary => value instanceof Map && nameOf(value.get("Type")) === type,
    );
  }

  /** What a value refers to. */
  value(value: PdfValue | undefined): PdfValue | undefined {
    let found = value;
    for (let step = 0; found instanceof PdfReference && step < 10; step += 1) found = this.#values.get(found.number);
    return found;
  }

  dictionary(value: PdfValue | undefined): PdfDictionary | null {
    const found = this.value(value);
    return found instanceof Map ? (found as PdfDictionary) : null;
  }

  array(value: PdfValue | undefined): readonly PdfValue[] {
    const found = this.value(value);
    return Array.isArray(found) ? (found as readonly PdfValue[]) : [];
  }

  numbers(value: PdfValue | undefined): readonly number[] {
    return this.array(value)
      .map((item) => this.value(item))
      .filter((item) => typeof item === "number");
  }

  name(value: PdfValue | undefined): string {
    return nameOf(this.value(value));
  }

  stream(value: PdfValue | undefined): PdfStream | null {
    return value instanceof PdfReference ? (this.#streams.get(value.number) ?? null) : null;
  }

  /** The text of a content stream; null when its filter is another than Flate. */
  content(value: PdfValue | undefined): string | null {
    const stream = this.stream(value);
    const bytes = stream === null ? null : inflated(stream, this.filters(stream.dictionary));
    return bytes === null ? null : Buffer.from(bytes).toString("latin1");
  }

  filters(dictionary: PdfDictionary): readonly string[] {
    const filter = this.value(dictionary.get("Filter"));
    if (filter === undefined || filter === null) return [];
    return filter instanceof PdfName ? [filter.name] : this.array(filter).map((item) => this.name(item));
  }
}

function nameOf(value: PdfValue | undefined): string {
  return value instanceof PdfName ? value.name : "";
}

function inflated({ dictionary, bytes }: PdfStream, filters: readonly string[]): Uint8Array | null {
  if (filters.length === 0) return bytes;
  if (filters.length > 1 || filters[0] !== "FlateDecode" || (dictionary.get("DecodeParms") ?? null) !== null)
    return null;
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_INFLATED });
  } catch {
    return null;
  }
}

function streamStart(text: string, position: number): number | null {
  const keyword = /[\0\t\n\f\r ]*stream(?:\r?\n|\r)/y;
  keyword.lastIndex = position;
  return keyword.test(text) ? keyword.lastIndex : null;
}

function streamEnd(text: string, start: number, length: PdfValue | undefined): number | null {
  const keyword = /[\0\t\n\f\r ]*endstream/y;
  keyword.lastIndex = start + (typeof length === "number" ? length : Number.NaN);
  if (typeof length === "number" && length >= 0 && keyword.test(text)) return start + length;
  const end = text.indexOf("endstream", start);
  return end === -1 ? null : end;
}

/** Objects within a stream (ISO 32000-1, 7.5.7). */
function addCompressed(stream: PdfStream, values: Map<number, PdfValue>, streams: Map<number, PdfStream>): boolean {
  const filter = stream.dictionary.get("Filter");
  const filters =
    filter === undefined ? [] : [nameOf(Array.isArray(filter) && filter.length === 1 ? filter[0] : filter)];
  const bytes = inflated(stream, filters);
  const [count, first] = [stream.dictionary.get("N"), stream.dictionary.get("First")];
  if (bytes === null || typeof count !== "number" || typeof first !== "number") return false;
  const text = Buffer.from(bytes).toString("latin1");
  const directory = new PdfSyntax(text.slice(0, first));
  for (let index = 0; index < count; index += 1) {
    const [number, offset] = [directory.next(), directory.next()];
    if (typeof number !== "number" || typeof offset !== "number") return false;
    const value = new PdfSyntax(text, first + offset).next();
    if (value === undefined || value instanceof PdfKeyword) continue;
    values.set(number, value);
    streams.delete(number);
  }
  return true;
}
