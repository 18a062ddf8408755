import JsZip from "jszip";

/** An archive of text parts, by name. */
export async function zipOf(parts: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new JsZip();
  for (const [name, text] of Object.entries(parts)) zip.file(name, text, { compression: "STORE" });
  return zip.generateAsync({ type: "nodebuffer" });
}

const RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A presentation of slides; each is what stands in its shape tree. */
export async function pptxOf(slides: readonly string[], parts: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const numbers = slides.map((_, index) => index + 1);
  return zipOf({
    "[Content_Types].xml":
      '<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>',
    // The list gives the order, and not the names.
    "ppt/presentation.xml": `<p:presentation><p:sldIdLst>${numbers.map((number) => `<p:sldId r:id="rId${number}"/>`).join("")}</p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": `<Relationships>${numbers
      .map(
        (number) =>
          `<Relationship Id="rId${number}" Type="${RELATION}/slide" Target="slides/slide${slides.length + 1 - number}.xml"/>`,
      )
      .join("")}</Relationships>`,
    ...Object.fromEntries(
      slides.map((shapes, index) => [
        `ppt/slides/slide${slides.length - index}.xml`,
        `<p:sld><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`,
      ]),
    ),
    ...parts,
  });
}

export function shapeOf(placeholder: string | null, paragraphs: readonly string[]): string {
  const kind = placeholder === null ? "" : `<p:ph type="${placeholder}"/>`;
  const text = paragraphs.map((paragraph) => `<a:p>${paragraph}</a:p>`).join("");
  return `<p:sp><p:nvSpPr><p:nvPr>${kind}</p:nvPr></p:nvSpPr><p:txBody>${text}</p:txBody></p:sp>`;
}

export const runOf = (text: string): string => `<a:r><a:t>${text}</a:t></a:r>`;

/** An OpenDocument file: `body` is what stands in `office:text`, `office:spreadsheet` or `office:presentation`. */
export async function odfOf(
  kind: "text" | "spreadsheet" | "presentation",
  body: string,
  parts: { readonly styles?: string; readonly automatic?: string; readonly manifest?: string } = {},
): Promise<Buffer> {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `<office:document-content><office:automatic-styles>${parts.automatic ?? ""}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    ...(parts.styles === undefined
      ? {}
      : { "styles.xml": `<office:document-styles>${parts.styles}</office:document-styles>` }),
    ...(parts.manifest === undefined ? {} : { "META-INF/manifest.xml": parts.manifest }),
  });
}
