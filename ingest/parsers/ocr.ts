import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createWorker, type Worker } from "tesseract.js";
import { GroundworkError } from "../../infra/errors.ts";
import { ocrWord } from "./ocr-word.ts";
import { OCR_PAGE_TIMEOUT } from "./parser-limits.ts";
import type { TextItem } from "./text-line.ts";

export interface Ocr {
  /** The lines of an image in reading order, each as its words; lengths in pixels. Errors: `unreadable-file`, `parser-limit` after the page's time. */
  recognise(image: Uint8Array, signal?: AbortSignal): Promise<readonly (readonly TextItem[])[]>;
  close(): Promise<void>;
}

export interface OcrSettings {
  readonly pageTimeoutMs?: number;
  /** Called before each page, so that whoever watches over the time can allow for it. */
  readonly onPage?: () => void;
}

const LANGUAGE_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("@tesseract.js-data/eng/package.json")),
  "4.0.0_best_int",
);

/** Tesseract for English from installed files alone. The engine starts with the first page and is used for all further ones. */
export function openOcr({ pageTimeoutMs = OCR_PAGE_TIMEOUT, onPage }: OcrSettings = {}): Ocr {
  let starting: Promise<Worker> | null = null;

  const stop = async (): Promise<void> => {
    const worker = starting;
    starting = null;
    await (await worker?.catch(() => undefined))?.terminate();
  };

  return {
    recognise: async (image) => {
      onPage?.();
      const work = async (): Promise<readonly (readonly TextItem[])[]> => {
        starting ??= createWorker("eng", 1, {
          langPath: LANGUAGE_FOLDER,
          cacheMethod: "none",
          // Without a handler the library throws outside of any promise and takes the process down.
          errorHandler: () => undefined,
        });
        const { data } = await (await starting).recognize(Buffer.from(image), {}, { text: false, blocks: true });
        return (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap(({ lines }) => lines.map(wordsOf)));
      };
      try {
        return await within(pageTimeoutMs, work());
      } catch (cause) {
        await stop();
        if (cause instanceof GroundworkError) throw cause;
        throw new GroundworkError(
          "unreadable-file",
          "The image could not be read. Check that it opens in an image viewer, then upload it again.",
          { cause },
        );
      }
    },
    close: stop,
  };
}

interface RecognisedLine {
  readonly words: readonly { readonly text: string; readonly confidence: number; readonly bbox: Box }[];
  readonly bbox: Box;
  readonly baseline: { readonly y0: number; readonly y1: number };
}
interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

function wordsOf(line: RecognisedLine): TextItem[] {
  const place = { baseline: (line.baseline.y0 + line.baseline.y1) / 2, height: line.bbox.y1 - line.bbox.y0 };
  return line.words.flatMap(({ text, confidence, bbox }) =>
    ocrWord({ text, confidence, left: bbox.x0, right: bbox.x1 }, place),
  );
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new GroundworkError(
          "parser-limit",
          "A page took too long to recognise. Scan it at 300 dpi or less and upload it again.",
        ),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
