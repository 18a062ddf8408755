import { fileTypeFromBuffer } from "file-type";
import { GroundworkError } from "../../infra/errors.ts";
import { wideEncoding } from "./decode-text.ts";
import { ediStandard } from "./edi.ts";
import type { Ocr } from "./ocr.ts";
import type { Parser } from "./port.ts";

export type FileFormat =
  | "pdf"
  | "image"
  | "docx"
  | "xlsx"
  | "pptx"
  | "odf"
  | "rtf"
  | "eml"
  | "msg"
  | "html"
  | "xml"
  | "edi"
  | "markdown"
  | "delimited"
  | "text";

const SNIFFED = 4096;
const IMAGES = new Set(["image/png", "image/jpeg", "image/bmp", "image/x-ms-bmp", "image/webp"]);
const MAIL_HEADERS =
  /^(?:(?:from|to|subject|date|received|return-path|delivered-to|mime-version|message-id|x-[\w-]+|dkim-signature|reply-to):[^\n]*\n(?:[ \t][^\n]*\n)*){2}/iu;

/** A parser for every format that we read, which chooses by `detectFormat`. Whatever its libraries throw becomes `unreadable-file`. */
export function chooseParser(ocr: Ocr): Parser {
  // Each is loaded with the first file that needs it: together they take a second and a hundred megabytes.
  const parsers: Readonly<Record<FileFormat, () => Promise<Parser>>> = {
    pdf: async () => (await import("./pdf.ts")).pdfParser(ocr),
    image: async () => (await import("./image.ts")).imageParser(ocr),
    docx: async () => (await import("./docx.ts")).docxParser,
    xlsx: async () => (await import("./xlsx.ts")).xlsxParser,
    pptx: async () => (await import("./pptx.ts")).pptxParser,
    odf: async () => (await import("./odf.ts")).odfParser,
    rtf: async () => (await import("./rtf.ts")).rtfParser,
    msg: async () => (await import("./msg.ts")).msgParser,
    edi: async () => (await import("./edi.ts")).ediParser,
    eml: async () => (await import("./eml.ts")).emlParser,
    html: async () => (await import("./html.ts")).htmlParser,
    xml: async () => (await import("./xml.ts")).xmlParser,
    markdown: async () => (await import("./markdown.ts")).markdownParser,
    delimited: async () => (await import("./text.ts")).delimitedParser,
    text: async () => (await import("./text.ts")).textParser,
  };
  return {
    parse: async (raw, name, signal, options) => {
      const bytes = asUtf8(raw);
      const format = await detectFormat(bytes, name);
      try {
        const parser = await parsers[format]();
        const file = await parser.parse(bytes, name, signal, options);
        if (format === "edi") return file;
        const { detectLanguage } = await import("./detect-language.ts");
        const language = detectLanguage(file.text);
        return language === undefined ? file : { ...file, language };
      } catch (cause) {
        if (cause instanceof GroundworkError) throw cause;
        throw new GroundworkError(
          "unreadable-file",
          "The file is damaged. Open it in its program, save it again and upload the copy.",
          { cause },
        );
      }
    },
  };
}

/** By content; the name's extension decides only among kinds of text. Errors: `unsupported-file`, `encrypted-file`, `empty-file`, `unreadable-file`. */
export async function detectFormat(bytes: Uint8Array, name: string): Promise<FileFormat> {
  if (bytes.length === 0)
    throw new GroundworkError("empty-file", "The file is empty. Check that its upload or export was complete.");
  const extension = /\.([\w-]{1,10})$/u.exec(name)?.[1]?.toLowerCase() ?? "";
  const head = Buffer.from(bytes.subarray(0, SNIFFED)).toString("latin1");
  if (head.slice(0, 1024).includes("%PDF-")) return "pdf";
  const mime = (await fileTypeFromBuffer(bytes).catch(() => undefined))?.mime ?? "";
  if (IMAGES.has(mime)) return "image";
  if (mime.includes("wordprocessingml") || mime.startsWith("application/vnd.ms-word.")) return "docx";
  if (mime.includes("spreadsheetml") || mime.startsWith("application/vnd.ms-excel.sheet.macroenabled")) return "xlsx";
  if (mime.includes("presentationml") || mime.startsWith("application/vnd.ms-powerpoint.")) return "pptx";
  if (/^application\/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation)/u.test(mime)) return "odf";
  if (mime === "application/zip") return officeFormat(bytes);
  if (mime === "application/x-cfb") return compoundFormat(bytes);
  if (mime === "application/rtf" || head.startsWith("{\\rtf")) return "rtf";
  if (mime !== "" && isBinary(bytes)) throw unsupported();
  if (isBinary(bytes)) throw isReadable(extension) ? damaged() : unsupported();
  return textFormat(head, extension);
}

function officeFormat(bytes: Uint8Array): FileFormat {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (archive.includes("word/document.xml")) return "docx";
  if (archive.includes("xl/workbook.xml")) return "xlsx";
  if (archive.includes("ppt/presentation.xml")) return "pptx";
  if (archive.includes("mimetypeapplication/vnd.oasis.opendocument.")) return "odf";
  throw unsupported();
}

/** Outlook and old Office programs write one kind of container; the names of its streams tell which. */
function compoundFormat(bytes: Uint8Array): FileFormat {
  const container = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holds = (name: string): boolean => container.includes(Buffer.from(name, "utf16le"));
  if (holds("__properties_version1.0")) return "msg";
  throw holds("EncryptedPackage")
    ? new GroundworkError(
        "encrypted-file",
        "The document is protected with a password. Save a copy without one and upload that.",
      )
    : new GroundworkError(
        "unsupported-file",
        "The file is in an old Office format. Save it as .docx, .xlsx, .pptx or .pdf and upload that.",
      );
}

function textFormat(head: string, extension: string): FileFormat {
  const start = head.replace(/^(?:\u00EF\u00BB\u00BF|\s|<!--[\s\S]{0,1000}?-->)+/u, "").slice(0, 2000);
  if (ediStandard(start) !== null) return "edi";
  if (extension === "md" || extension === "markdown") return "markdown";
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html)\b/iu.test(start)) return "html";
  if (start.startsWith("<?xml") || extension === "xml") return "xml";
  if (extension === "html" || extension === "htm" || extension === "xhtml") return "html";
  if (extension === "eml" || MAIL_HEADERS.test(start.replaceAll("\r\n", "\n"))) return "eml";
  if (extension === "csv" || extension === "tsv") return "delimited";
  return "text";
}

/** Control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, SNIFFED);
  const odd = sample.reduce((count, byte) => count + (byte < 9 || (byte > 13 && byte < 27) ? 1 : 0), 0);
  return odd > sample.length / 50;
}

/** The libraries for mail and markup read UTF-8. */
function asUtf8(bytes: Uint8Array): Uint8Array {
  const wide = wideEncoding(bytes);
  return wide === null ? bytes : new TextEncoder().encode(new TextDecoder(wide).decode(bytes));
}

const isReadable = (extension: string): boolean =>
  ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "msg", "docm", "xlsm", "pptm", "png", "jpg", "jpeg"].includes(
    extension,
  );

function damaged(): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    "The content of the file is not what its name says: it is damaged or incomplete. Upload it again.",
  );
}

function unsupported(): GroundworkError {
  return new GroundworkError(
    "unsupported-file",
    "Files of this kind cannot be read. Upload it as PDF, DOCX, XLSX, PPTX, ODT, RTF, EML, MSG, HTML, XML, Markdown, CSV, plain text, PNG or JPEG.",
  );
}
