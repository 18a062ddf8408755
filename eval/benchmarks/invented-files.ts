import JsZip from "jszip";
import PdfKit from "pdfkit";

export interface InventedFile {
  readonly name: string;
  readonly bytes: Uint8Array | string;
}

type Format = (title: string, paragraphs: readonly string[]) => string | Promise<Uint8Array>;

/** By how the name ends. Most are text, as in a folder of notes; of twenty files one is a PDF and one a DOCX. */
const FORMATS: readonly (readonly [string, Format])[] = [
  ["md", (title, paragraphs) => `# ${title}\n\n${paragraphs.join("\n\n")}\n`],
  ["txt", (title, paragraphs) => `${title}\n\n${paragraphs.join("\n\n")}\n`],
  ["html", (title, paragraphs) => `<h1>${title}</h1>${paragraphs.map((text) => `<p>${text}</p>`).join("")}`],
  ["csv", (title, paragraphs) => `name,note\n${paragraphs.map((text) => `${title},"${text}"`).join("\n")}\n`],
  ["eml", (title, paragraphs) => mailOf(title, paragraphs)],
];

/** A small file of invented text, the same for the same number. */
export async function inventedFile(number: number): Promise<InventedFile> {
  const title = `Note ${number}`;
  const paragraphs = Array.from({ length: 1 + (number % 3) }, (_, at) => sentences(number * 7 + at));
  const named = `note-${String(number).padStart(6, "0")}`;
  if (number % 20 === 18) return { name: `${named}.pdf`, bytes: await pdfOf(title, paragraphs) };
  if (number % 20 === 19) return { name: `${named}.docx`, bytes: await docxOf(title, paragraphs) };
  const [ending, write] = FORMATS[number % 20 === 17 ? 4 : number % 4] ?? ["txt", () => title];
  return { name: `${named}.${ending}`, bytes: await write(title, paragraphs) };
}

/** A mail with a note attached. */
function mailOf(title: string, paragraphs: readonly string[]): string {
  return [
    "From: invented@example.com",
    "To: reader@example.com",
    `Subject: ${title}`,
    "Date: Mon, 02 Nov 2026 08:00:00 +0000",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="edge"',
    "",
    "--edge",
    "Content-Type: text/plain; charset=utf-8",
    "",
    ...paragraphs,
    "--edge",
    'Content-Type: text/markdown; name="attached.md"',
    'Content-Disposition: attachment; filename="attached.md"',
    "",
    `# Attached to ${title}`,
    "",
    ...paragraphs.toReversed(),
    "--edge--",
    "",
  ].join("\r\n");
}

async function pdfOf(title: string, paragraphs: readonly string[]): Promise<Uint8Array> {
  const pdf = new PdfKit({ size: "A4" });
  const pieces: Buffer[] = [];
  pdf.on("data", (piece: Buffer) => pieces.push(piece));
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  pdf.on("end", () => resolve(Buffer.concat(pieces)));
  pdf.fontSize(16).text(title).fontSize(10);
  for (const paragraph of paragraphs) pdf.moveDown().text(paragraph);
  pdf.end();
  return promise;
}

async function docxOf(title: string, paragraphs: readonly string[]): Promise<Uint8Array> {
  const zip = new JsZip();
  const type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  zip.file(
    "[Content_Types].xml",
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
  );
  zip.file(
    "_rels/.rels",
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
  );
  const texts = [title, ...paragraphs].map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`).join("");
  zip.file(
    "word/document.xml",
    `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${texts}</w:body></w:document>`,
  );
  return zip.generateAsync({ type: "uint8array" });
}

const WORDS =
  "supplier agreement price delivery invoice order quality penalty term notice written consent party clause warranty payment net days goods receipt claim".split(
    " ",
  );

function sentences(seed: number): string {
  let state = seed + 1;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return Array.from({ length: 2 + random(3) }, () => {
    const words = Array.from({ length: 6 + random(10) }, () => WORDS[random(WORDS.length)] ?? "");
    return `The ${words.join(" ")} of ${seed}.`;
  }).join(" ");
}
