import type { TextItem } from "./text-line.ts";

/** A word as an engine reports it: pixels, and per cent of confidence. */
export interface RecognisedWord {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly confidence: number;
}

/** Below this, in per cent, "words" are mostly stains and lines of a drawing. */
const LEAST_CONFIDENCE = 25;

/** The word as an item of its line, or nothing when it is none. */
export function ocrWord(
  { text, left, right, confidence }: RecognisedWord,
  line: { readonly baseline: number; readonly height: number },
): TextItem[] {
  if (confidence < LEAST_CONFIDENCE || text.trim() === "") return [];
  return [{ text: `${text} `, x: left, y: line.baseline, width: right - left, height: line.height, font: "ocr" }];
}
