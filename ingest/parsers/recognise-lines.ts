import type { Ocr } from "./ocr.ts";
import { joinRow, type TextLine } from "./text-line.ts";

/** The lines of an image, with `scale` pixels to the unit of length. */
export async function recogniseLines(ocr: Ocr, image: Uint8Array, scale: number): Promise<readonly TextLine[]> {
  const lines = (await ocr.recognise(image)).map((words) =>
    joinRow(
      words.map((word) => ({
        ...word,
        x: word.x / scale,
        y: word.y / scale,
        width: word.width / scale,
        height: word.height / scale,
      })),
    ),
  );
  const usual =
    lines.map(({ height }) => height).toSorted((left, right) => left - right)[Math.floor(lines.length / 2)] ?? 1;
  // Recognised lines differ in height by whether they have descenders: only far larger ones are larger in truth.
  return lines
    .filter(({ cells }) => cells.length > 0)
    .map((line) => ({ ...line, height: line.height < 1.45 * usual ? usual : line.height }));
}
