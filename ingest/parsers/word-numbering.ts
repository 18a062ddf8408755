import { Parser as MarkupParser } from "htmlparser2";
import { writtenNumber } from "./written-number.ts";

/** How one level of a list is numbered. */
interface Level {
  readonly start: number;
  /** `decimal`, `lowerLetter`, `bullet`, … (ECMA-376, 17.18.59). */
  format: string;
  /** `%1.%2` stands for the numbers of the first and second level. */
  text: string;
  /** Numbers of the outer levels are written as decimals whatever their own format. */
  isLegal: boolean;
  /** The number goes on after an outer one has changed. */
  keepsOn: boolean;
  style: string | null;
}
interface List {
  readonly levels: Map<number, Level>;
  link: string | null;
}
interface Use {
  list: string;
  /** Levels that this use of the list starts anew. */
  readonly starts: Map<number, number>;
}
interface Style {
  name: string;
  base: string | null;
  use: string | null;
  level: number | null;
  outline: number | null;
}

/** What a paragraph says of itself; null: nothing, so that its style decides. */
export interface ParagraphPlace {
  readonly style: string | null;
  readonly use: string | null;
  readonly level: number | null;
}

const DEEPEST = 9;
const LONGEST_CHAIN = 20;

/**
 * The automatic numbers of a Word document, which are nowhere in its text: `numbering.xml` says how lists count, `styles.xml` which styles
 * belong to them. Paragraphs are asked for in the order of the document, since each moves the counters.
 */
export class WordNumbering {
  readonly #lists = new Map<string, List>();
  readonly #uses = new Map<string, Use>();
  readonly #styles = new Map<string, Style>();
  readonly #counters = new Map<string, (number | null)[]>();
  readonly #started = new Set<string>();

  constructor(numbering: string, styles: string) {
    this.#readNumbering(numbering);
    this.#readStyles(styles);
  }

  /** "4.2", "(a)", "Article 5", "-" for a bullet; null for a paragraph without a number. */
  next(place: ParagraphPlace): string | null {
    const chain = this.#chain(place.style);
    const useId = place.use ?? chain.find(([, { use }]) => use !== null)?.[1].use ?? null;
    const found = useId === null || useId === "0" ? null : this.#listOf(useId);
    if (found === null || useId === null) return null;
    const styles = new Set(chain.map(([id]) => id));
    const ofStyle = [...found.list.levels].find(([, { style }]) => style !== null && styles.has(style))?.[0];
    const index = place.level ?? chain.find(([, { level }]) => level !== null)?.[1].level ?? ofStyle ?? 0;
    const level = found.list.levels.get(index);
    if (level === undefined) return null;
    const counters = this.#count(useId, found, index);
    if (level.format === "bullet") return "-";
    const label = level.text.replace(/%([1-9])/gu, (_, digit: string) => {
      const position = Number(digit) - 1;
      const format = found.list.levels.get(position)?.format ?? "decimal";
      const isDecimal = level.isLegal && position !== index;
      return writtenNumber(counters[position] ?? 1, isDecimal || level.isLegal ? "decimal" : format);
    });
    return label.trim() === "" ? null : label.trim();
  }

  /** The level of a heading that the style makes, from 1; null for other paragraphs. */
  headingLevel(style: string | null): number | null {
    for (const [, { name, outline }] of this.#chain(style)) {
      const named = /^heading ([1-9])$/iu.exec(name)?.[1];
      if (named !== undefined) return Number(named);
      if (outline !== null) return outline < DEEPEST ? outline + 1 : null;
    }
    return null;
  }

  #count(useId: string, { list, id, starts }: ListOfUse, index: number): readonly (number | null)[] {
    const counters = this.#counters.get(id) ?? Array.from({ length: DEEPEST }, () => null);
    this.#counters.set(id, counters);
    const restart = starts.get(index);
    const key = `${useId}/${index}`;
    const current = counters[index] ?? null;
    if (restart !== undefined && !this.#started.has(key)) counters[index] = restart;
    else counters[index] = current === null ? (restart ?? list.levels.get(index)?.start ?? 1) : current + 1;
    this.#started.add(key);
    for (let outer = 0; outer < index; outer += 1) counters[outer] ??= list.levels.get(outer)?.start ?? 1;
    for (let inner = index + 1; inner < DEEPEST; inner += 1) {
      if (list.levels.get(inner)?.keepsOn !== true) counters[inner] = null;
    }
    return counters;
  }

  #listOf(useId: string, hops = 3): ListOfUse | null {
    const use = this.#uses.get(useId);
    const list = use === undefined ? undefined : this.#lists.get(use.list);
    if (use === undefined || list === undefined) return null;
    const linked = list.link === null ? null : (this.#styles.get(list.link)?.use ?? null);
    if (linked !== null && hops > 0) return this.#listOf(linked, hops - 1);
    return { list, id: use.list, starts: use.starts };
  }

  #chain(style: string | null): readonly (readonly [string, Style])[] {
    const chain: [string, Style][] = [];
    let id = style;
    while (id !== null && chain.length < LONGEST_CHAIN) {
      const found = this.#styles.get(id);
      if (found === undefined) break;
      chain.push([id, found]);
      id = found.base;
    }
    return chain;
  }

  #readNumbering(xml: string): void {
    let list: List | null = null;
    let use: Use | null = null;
    let level: Level | null = null;
    let index = 0;
    readTags(xml, (name, value, attributes) => {
      if (name === "w:abstractNum") {
        list = { levels: new Map(), link: null };
        use = null;
        this.#lists.set(attributes["w:abstractNumId"] ?? "", list);
      } else if (name === "w:num") {
        use = { list: "", starts: new Map() };
        list = null;
        this.#uses.set(attributes["w:numId"] ?? "", use);
      } else if (name === "w:lvl" || name === "w:lvlOverride") {
        index = Number(attributes["w:ilvl"] ?? 0);
        level = null;
        if (name === "w:lvl" && list !== null) list.levels.set(index, (level = plainLevel()));
      } else if (use !== null && name === "w:abstractNumId") use.list = value;
      else if (use !== null && name === "w:startOverride") use.starts.set(index, Number(value) || 0);
      else if (list !== null && name === "w:numStyleLink") list.link = value;
      else if (level !== null) readLevel(level, name, value);
    });
  }

  #readStyles(xml: string): void {
    let style: Style | null = null;
    readTags(xml, (name, value, attributes) => {
      if (name === "w:style") {
        style = { name: "", base: null, use: null, level: null, outline: null };
        this.#styles.set(attributes["w:styleId"] ?? "", style);
      } else if (style === null) return;
      else if (name === "w:name") style.name = value;
      else if (name === "w:basedOn") style.base = value;
      else if (name === "w:numId") style.use = value;
      else if (name === "w:ilvl") style.level = Number(value) || 0;
      else if (name === "w:outlineLvl") style.outline = Number(value) || 0;
    });
  }
}

interface ListOfUse {
  readonly list: List;
  readonly id: string;
  readonly starts: ReadonlyMap<number, number>;
}

type OnTag = (name: string, value: string, attributes: Readonly<Record<string, string>>) => void;

function readTags(xml: string, onTag: OnTag): void {
  const parser = new MarkupParser(
    { onopentag: (name, attributes) => onTag(name, attributes["w:val"] ?? "", attributes) },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
}

function plainLevel(): Level & { start: number } {
  return { start: 1, format: "decimal", text: "", isLegal: false, keepsOn: false, style: null };
}

function readLevel(level: { -readonly [Key in keyof Level]: Level[Key] }, name: string, value: string): void {
  if (name === "w:start") level.start = Number(value) || 0;
  else if (name === "w:numFmt") level.format = value;
  else if (name === "w:lvlText") level.text = value.slice(0, 100);
  else if (name === "w:isLgl") level.isLegal = value !== "0" && value !== "false";
  else if (name === "w:lvlRestart") level.keepsOn = value === "0";
  else if (name === "w:pStyle") level.style = value;
}
