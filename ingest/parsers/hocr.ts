import { Parser as MarkupParser } from "htmlparser2";
import { ocrWord, type RecognisedWord } from "./ocr-word.ts";
import type { TextItem } from "./text-line.ts";

interface OpenLine {
  readonly top: number;
  readonly bottom: number;
  readonly baseline: number;
  readonly words: TextItem[];
}

/** The lines of Tesseract's hOCR output (hOCR 1.2: boxes and baselines are in the `title` of an element), each as its words. */
export function readHocr(hocr: string): readonly (readonly TextItem[])[] {
  const lines: OpenLine[] = [];
  let word: Omit<RecognisedWord, "text"> | null = null;
  let text = "";
  const parser = new MarkupParser(
    {
      onopentag: (_name, { class: kind = "", title = "" }) => {
        const box = numbersOf(title, "bbox");
        if (/^ocr_(?:line|caption|header|textfloat)$/u.test(kind)) {
          const [, top = 0, , bottom = 0] = box;
          // The baseline is a slope and an offset from the lower left corner of the line's box.
          const [slope = 0, offset = 0] = numbersOf(title, "baseline");
          const middle = (slope * ((box[2] ?? 0) - (box[0] ?? 0))) / 2;
          lines.push({ top, bottom, baseline: bottom + offset + middle, words: [] });
        } else if (kind === "ocrx_word") {
          word = { left: box[0] ?? 0, right: box[2] ?? 0, confidence: numbersOf(title, "x_wconf")[0] ?? 0 };
          text = "";
        }
      },
      ontext: (piece) => {
        text += piece;
      },
      onclosetag: (name) => {
        const line = lines.at(-1);
        if (name !== "span" || word === null || line === undefined) return;
        line.words.push(...ocrWord({ ...word, text }, { ...line, height: line.bottom - line.top }));
        word = null;
      },
    },
    { decodeEntities: true },
  );
  parser.write(hocr);
  parser.end();
  return lines.map(({ words }) => words).filter((words) => words.length > 0);
}

function numbersOf(title: string, property: string): number[] {
  const stated = title.split(";").find((part) => part.trim().startsWith(`${property} `));
  return stated?.trim().split(/\s+/u).slice(1).map(Number).filter(Number.isFinite) ?? [];
}
