import { decodeText } from "./decode-text.ts";
import type { Parser } from "./port.ts";
import { TextBuilder } from "./text-builder.ts";

export type EdiStandard = "X12" | "EDIFACT" | "TRADACOMS";

interface Syntax {
  readonly segmentEnd: string;
  readonly element: string;
  readonly component: string;
  /** What takes its meaning from the character after it; null: nothing does. */
  readonly release: string | null;
}

/** The standard of an interchange, by the segment that each begins with (X12.5, ISO 9735, UN/GTDI); null for other text. */
export function ediStandard(head: string): EdiStandard | null {
  const start = head.replace(/^(?:\uFEFF|\u00EF\u00BB\u00BF|\s)+/u, "");
  if (/^ISA[^A-Za-z0-9\s]/u.test(start)) return "X12";
  if (/^UN[ABH][^A-Za-z0-9\s]/u.test(start)) return "EDIFACT";
  return /^STX[=+][A-Z]/u.test(start) ? "TRADACOMS" : null;
}

/**
 * An electronic interchange: under a heading that names its standard and messages, each segment as a line with its elements apart, so that
 * numbers, codes and names in it are found. What they mean is left to the reader. Broken interchanges read as far as they go.
 */
export const ediParser: Parser = {
  parse: async (bytes) => {
    const text = decodeText(bytes).replace(/^(?:\uFEFF|\s)+/u, "");
    const standard = ediStandard(text) ?? "EDIFACT";
    const segments = cut(text, syntaxOf(text, standard));
    const messages = new Set(segments.flatMap((elements) => messageType(elements)));
    const title = `${standard} ${[...messages].join(", ") || "interchange"}`;
    const builder = new TextBuilder();
    builder.add("heading", title, { level: 1 });
    for (const elements of segments) builder.add("list-item", elements.filter((element) => element !== "").join(" | "));
    return builder.build({ title, kind: "edi" });
  },
};

function syntaxOf(text: string, standard: EdiStandard): Syntax {
  if (standard === "TRADACOMS") return { segmentEnd: "'", element: "+", component: ":", release: "?" };
  if (standard === "EDIFACT") {
    const stated = text.startsWith("UNA") ? text.slice(3, 9) : "";
    const [component = ":", element = "+", , release = "?", , segmentEnd = "'"] = stated.length === 6 ? stated : "";
    return { segmentEnd, element, component, release: release === " " ? null : release };
  }
  // The first segment has 16 elements; what follows the last, of one character, ends it.
  const element = text[3] ?? "*";
  const header = text.slice(0, 200).split(element, 17).at(16) ?? "";
  const end = header[1] === undefined || /[A-Za-z0-9]/u.test(header[1]) ? "~" : header[1];
  return { segmentEnd: end, element, component: header[0] ?? ":", release: null };
}

function cut(text: string, syntax: Syntax): string[][] {
  const body = text.startsWith("UNA") ? text.slice(9) : text;
  const segments: string[][] = [];
  let elements: string[] = [];
  let element = "";
  const endElement = (): void => {
    elements.push(element.trim());
    element = "";
  };
  const endSegment = (): void => {
    endElement();
    if (elements.some((part) => part !== "")) segments.push(elements);
    elements = [];
  };
  for (let index = 0; index < body.length; index += 1) {
    const character = body[index] ?? "";
    if (character === syntax.release) element += body[(index += 1)] ?? "";
    else if (character === syntax.segmentEnd) endSegment();
    else if (character === syntax.element || (character === "=" && elements.length === 0)) endElement();
    else if (character === syntax.component) element += " ";
    else if (character !== "\r" && character !== "\n") element += character;
  }
  endSegment();
  return segments;
}

/** `810`, `INVOIC`, `INVFIL`: X12 names it in ST, EDIFACT in UNH, TRADACOMS in MHD. */
function messageType([tag = "", first = "", second = ""]: readonly string[]): string[] {
  const stated = tag === "ST" ? first : tag === "UNH" || tag === "MHD" ? second : "";
  return /^[A-Z0-9]{3,6}/u.exec(stated) ?? [];
}
