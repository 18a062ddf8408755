import PdfKit from "pdfkit";
import { cpuSeconds } from "./cpu-seconds.ts";
import { openIsolatedParser } from "../../ingest/parsers/isolated-parser.ts";
import { findNativeTesseract } from "../../ingest/parsers/native-tesseract.ts";
import { type Ocr, openOcr } from "../../ingest/parsers/ocr.ts";
import { pdfPictures, plainPdfText } from "../../ingest/parsers/plain-libraries.ts";

const FILES = 20;
const PAGES = 10;
const ROUNDS = 5;
const SCANS = 2;
/** Clauses on a page that is recognised: the text of half a page. */
const SCAN_CLAUSES = 5;
/** Milliseconds for a page: on a busy machine it takes as long as it takes. */
const PATIENCE = 600_000;
const PIXELS_A_POINT = 250 / 72;

/**
 * `npm run bench -- parse`: what isolation costs. Text: pages a second of pdf-parse's `getText` in this process against the isolated
 * parser with one worker, over the same invented files, in turns. OCR: the engine alone on pictures of pages against the isolated parser on
 * the same pictures (JPEG), on a PDF that holds these very pictures, on one with text set over them, and on one whose pages must be painted,
 * with each engine that the machine has. A second is one of processor time, of all processes together;
 * ratios are those of neighbouring rounds.
 */
export async function benchmarkParsing(): Promise<void> {
  const files = await Promise.all(
    Array.from({ length: FILES }, (_, file) =>
      pdfOf(Array.from({ length: PAGES }, (_unused, page) => (pdf) => writePage(pdf, file * PAGES + page))),
    ),
  );
  await compareText(files);
  const letters = await pdfOf(Array.from({ length: SCANS }, (_, page) => (pdf) => writePage(pdf, page, SCAN_CLAUSES)));
  const scans = await pdfPictures(letters, SCANS, PIXELS_A_POINT);
  const scanned = await pdfOf(scans.map((scan) => (pdf) => drawScan(pdf, scan)));
  const stamped = await pdfOf(
    scans.map((scan) => (pdf) => {
      drawScan(pdf, scan);
      pdf.fontSize(8).text("Scanned 2026-11-22", 20, 20, { lineBreak: false });
    }),
  );
  const turned = await pdfOf(
    scans.map((scan) => (pdf) => {
      pdf.rotate(0.5);
      drawScan(pdf, scan);
    }),
  );
  const samples = { scans, scanned, stamped, turned };
  const ours = openOcr({ pageTimeoutMs: PATIENCE });
  const rate = await compareOcr("tesseract.js", ours, samples, false);
  await ours.close();
  const native = await findNativeTesseract({ memoryMegabytes: 1024, pageTimeoutMs: PATIENCE });
  if (native === null) return print("native tesseract: not installed");
  const faster = (await compareOcr("native tesseract", native, samples, true)) / rate;
  print(`native tesseract is ${faster.toFixed(1)} times as fast as tesseract.js`);
}

async function compareText(files: readonly Uint8Array[]): Promise<void> {
  const pages = files.length * PAGES;
  const isolated = openIsolatedParser({ workers: 1 });
  const bare = async (): Promise<void> => {
    for (const file of files) await plainPdfText(file);
  };
  const ours = async (): Promise<void> => {
    for (const file of files) await isolated.parse(file, "file.pdf");
  };
  try {
    await Promise.all([bare(), ours()]);
    const rounds = await inTurns(bare, ours);
    report(
      "PDF text, pages a second of processor time",
      rounds.map(([left, right]) => [pages / left, pages / right]),
    );
  } finally {
    await isolated.close();
  }
}

interface Samples {
  readonly scans: readonly Uint8Array[];
  /** A PDF of them, as scanners write it. */
  readonly scanned: Uint8Array;
  /** The same with a line of text over each. */
  readonly stamped: Uint8Array;
  /** The same a little askew, so that the pages must be painted. */
  readonly turned: Uint8Array;
}

function drawScan(pdf: PDFKit.PDFDocument, scan: Uint8Array): void {
  pdf.image(Buffer.from(scan), 0, 0, { width: pdf.page.width });
}

/** Returns the engine's own pages a second. */
async function compareOcr(
  name: string,
  engine: Ocr,
  { scans, scanned, stamped, turned }: Samples,
  nativeOcr: boolean,
): Promise<number> {
  const isolated = openIsolatedParser({ workers: 1, nativeOcr, ocrPageTimeoutMs: PATIENCE });
  const [first = new Uint8Array()] = scans;
  const bare = async (): Promise<void> => {
    for (const scan of scans) await engine.recognise(scan);
  };
  const pictures = async (): Promise<void> => {
    for (const scan of scans) await isolated.parse(scan, "scan.jpg");
  };
  try {
    await Promise.all([engine.recognise(first), isolated.parse(first, "scan.jpg")]);
    const rounds = await inTurns(bare, pictures, 3);
    const rates = rounds.map(([left, right]) => [scans.length / left, scans.length / right] as const);
    report(`${name}, pictures a second`, rates);
    for (const [kind, file] of [
      ["scanned", scanned],
      ["scanned and stamped", stamped],
      ["scanned and turned", turned],
    ] as const) {
      const document = async (): Promise<void> => void (await isolated.parse(file, "scan.pdf"));
      const documents = await inTurns(bare, document, 3);
      report(
        `${name}, ${kind} PDF pages a second`,
        documents.map(([left, right]) => [scans.length / left, scans.length / right]),
      );
    }
    return median(rates.map(([left]) => left));
  } finally {
    await isolated.close();
  }
}

/** Seconds of processor time of each, in turns, so that whatever else the machine does falls on both alike. */
async function inTurns(
  left: () => Promise<void>,
  right: () => Promise<void>,
  rounds = ROUNDS,
): Promise<readonly (readonly [number, number])[]> {
  const seconds: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) seconds.push([await timed(left), await timed(right)]);
  return seconds;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = cpuSeconds();
  await work();
  return cpuSeconds() - start;
}

function report(what: string, rates: readonly (readonly [number, number])[]): void {
  const ratio = median(rates.map(([bare, isolated]) => isolated / bare));
  const bare = median(rates.map(([rate]) => rate));
  const isolated = median(rates.map(([, rate]) => rate));
  print(`${what}: bare ${bare.toFixed(2)}, isolated ${isolated.toFixed(2)}, ratio ${ratio.toFixed(2)}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function pdfOf(pages: readonly ((pdf: PDFKit.PDFDocument) => void)[]): Promise<Uint8Array> {
  const pdf = new PdfKit({ autoFirstPage: false, size: "A4" });
  const pieces: Buffer[] = [];
  pdf.on("data", (piece: Buffer) => pieces.push(piece));
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  pdf.on("end", () => resolve(Buffer.concat(pieces)));
  for (const draw of pages) {
    pdf.addPage();
    draw(pdf);
  }
  pdf.end();
  return promise;
}

const WORDS =
  "supplier agreement price delivery invoice order quality penalty term notice written consent party clause warranty payment net days goods receipt claim".split(
    " ",
  );

/** A heading and clauses of invented sentences, the same for the same number. */
function writePage(pdf: PDFKit.PDFDocument, number: number, clauses = 12): void {
  let state = number + 1;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const sentence = (): string => {
    const words = Array.from({ length: 8 + random(14) }, () => WORDS[random(WORDS.length)] ?? "");
    return `The ${words.join(" ")}.`;
  };
  pdf.font("Helvetica-Bold").fontSize(14).text(`${number} Section`);
  pdf.font("Helvetica").fontSize(10);
  for (let clause = 1; clause <= clauses; clause += 1) {
    pdf.text(`${number}.${clause} ${sentence()} ${sentence()} ${sentence()}`).moveDown(0.5);
  }
}
