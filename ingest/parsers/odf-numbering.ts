import { childrenOf, findAll, type XmlElement } from "./xml-tree.ts";
import { writtenNumber } from "./written-number.ts";

interface Level {
  readonly isBullet: boolean;
  readonly format: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly start: number;
  /** How many levels the number shows: 2 gives "4.2". */
  readonly shown: number;
}
type Levels = ReadonlyMap<number, Level>;

const FORMATS: Readonly<Record<string, string>> = {
  "1": "decimal",
  a: "lowerLetter",
  A: "upperLetter",
  i: "lowerRoman",
  I: "upperRoman",
};
const OUTLINE = "";
const BULLET: Level = { isBullet: true, format: "", prefix: "", suffix: "", start: 1, shown: 1 };

/** The automatic numbers of an OpenDocument text, which its styles alone give. Items are asked for in the order of the text. */
export class OdfNumbering {
  readonly #lists = new Map<string, Levels>();
  readonly #counters = new Map<string, number[]>();

  /** Elements below which styles are found: the document's own and the common ones. */
  constructor(styles: readonly XmlElement[]) {
    for (const style of styles.toReversed().flatMap((root) => findAll(root, "text:list-style")))
      this.#lists.set(style.attributes["style:name"] ?? "", levelsOf(style));
    const [outline] = styles.flatMap((root) => findAll(root, "text:outline-style"));
    if (outline !== undefined) this.#lists.set(OUTLINE, levelsOf(outline));
  }

  /** "4.2", or nothing when headings are not numbered. */
  nextHeading(level: number): string {
    return this.#lists.has(OUTLINE) ? this.#next(OUTLINE, level) : "";
  }

  startList(style: string | null, continues: boolean): void {
    if (!continues && style !== OUTLINE) this.#counters.delete(style ?? "-");
  }

  /** "(a)", "2.", or "-" for a bullet. */
  nextItem(style: string | null, level: number): string {
    return this.#next(style ?? "-", level) || "-";
  }

  #next(list: string, index: number): string {
    const levels = this.#lists.get(list);
    const level = levels?.get(index) ?? BULLET;
    const counters = (this.#counters.get(list) ?? []).slice(0, index);
    for (let outer = 1; outer < index; outer += 1) counters[outer - 1] ??= levels?.get(outer)?.start ?? 1;
    counters[index - 1] = (counters[index - 1] ?? level.start - 1) + 1;
    this.#counters.set(list, counters);
    if (level.isBullet) return "-";
    if (level.format === "") return "";
    const first = Math.max(1, index - level.shown + 1);
    const numbers = counters
      .slice(first - 1)
      .map((number, offset) => writtenNumber(number, levels?.get(first + offset)?.format ?? "decimal"));
    return `${level.prefix}${numbers.filter((number) => number !== "").join(".")}${level.suffix}`.trim();
  }
}

function levelsOf(style: XmlElement): Levels {
  return new Map(
    childrenOf(style).map(({ name, attributes }) => [
      Number(attributes["text:level"] ?? 1) || 1,
      {
        isBullet: !name.endsWith("-number") && name !== "text:outline-level-style",
        format: FORMATS[attributes["style:num-format"] ?? ""] ?? "",
        prefix: attributes["style:num-prefix"] ?? "",
        suffix: attributes["style:num-suffix"] ?? "",
        start: Number(attributes["text:start-value"] ?? 1) || 1,
        shown: Number(attributes["text:display-levels"] ?? 1) || 1,
      },
    ]),
  );
}
