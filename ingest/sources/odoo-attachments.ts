import { createHash } from "node:crypto";
import type { Fact } from "../../infra/document.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { OdooRecord, OdooSource } from "../../infra/odoo/port.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { ATTACHMENT_MODEL, ATTACHMENT_REFERENCES } from "../catalogue.ts";
import type { FileParser, FileText } from "../parse-once.ts";
import { PIPELINE_VERSION } from "../pipeline-version.ts";
import { displayValue } from "../records/display-value.ts";
import type { ReadRecord } from "../records/read-model.ts";
import { filePart } from "./file-part.ts";
import type { DraftDocument, LoadOptions, LoadedItem, SourceItem } from "./port.ts";

/** What an attachment shows of itself beside its text. */
const SHOWN = ["name", ...ATTACHMENT_REFERENCES];

interface AttachmentTools {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  readonly parser: FileParser;
}

/** What hangs on a page's design is its scripts and styles, which Odoo bundles into files of a megabyte; nobody attached them. */
const PAGE_MODEL = "ir.ui.view";

/**
 * A file that hangs on a record: its text under the access of the attachment, which Odoo derives from the record. What the file holds
 * itself (the attachments of an e-mail, the invoice inside of a PDF) is a document of its own under the same access. Files that stand for
 * a field of a record (`res_field`, mostly pictures) are nobody's, so they are passed over.
 */
export function attachmentItem({ record, access }: ReadRecord, tools: AttachmentTools): SourceItem | null {
  const name = record["name"];
  if (typeof name !== "string" || (access["res_field"]?.length ?? 0) > 0) return null;
  if (record["res_model"] === PAGE_MODEL) return null;
  const key = `${ATTACHMENT_MODEL}/${record.id}`;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([PIPELINE_VERSION, name, record["checksum"], record["file_size"], access]))
    .digest("hex");
  const own = { ...access, requires: [] };
  return {
    key,
    fingerprint,
    access: [{ key: "main", access: own }],
    isSlow: true,
    load: (options) => loadAttachment({ key, name, record, access: own }, tools, options),
  };
}

interface AttachedFile {
  readonly key: string;
  readonly name: string;
  /** The attachment that it is, or that holds it. */
  readonly record: OdooRecord;
  readonly access: AccessAttributes;
}

async function loadAttachment(
  file: AttachedFile,
  tools: AttachmentTools,
  { signal, ocr = "allowed" }: LoadOptions = {},
): Promise<LoadedItem> {
  const bytes = await tools.odoo.attachment(file.record.id, signal);
  const parsed = await tools.parser.parse(bytes, file.name, signal, { ocr });
  const documents = [attachmentDocument(file, `Attachment ${file.name}`, parsed, tools.policy)];
  const failures: { key: string; error: unknown }[] = [];
  for (const [index, inner] of parsed.attachments.entries()) {
    const held = { ...file, key: `${file.key}#${index + 1}-${inner.name}`, name: inner.name };
    try {
      const innerParsed = await tools.parser.parse(inner.bytes, inner.name, signal, { ocr });
      const title = `Attachment ${inner.name} (in ${file.name})`;
      documents.push(attachmentDocument(held, title, innerParsed, tools.policy));
    } catch (error) {
      // The item waits as a whole.
      if (error instanceof GroundworkError && error.code === "needs-ocr") throw error;
      failures.push({ key: held.key, error });
    }
  }
  return { documents, failures };
}

function attachmentDocument(
  { key, name, record, access }: AttachedFile,
  title: string,
  parsed: FileText,
  policy: PolicySnapshot,
): DraftDocument {
  return {
    key,
    kind: "attachment",
    title,
    model: ATTACHMENT_MODEL,
    recordId: record.id,
    url: `/web/content/${record.id}`,
    metadata: parsed.language === undefined ? {} : { language: parsed.language },
    parts: [filePart(parsed, access, factsOf({ ...record, name }, parsed.text, policy))],
  };
}

/** Facts that are found by; a file's name is cited by the beginning of its text. */
function factsOf(record: OdooRecord, text: string, policy: PolicySnapshot): readonly Fact[] {
  const fields = policy.models[ATTACHMENT_MODEL]?.fields ?? {};
  const end = Math.min(text.length, 200);
  return SHOWN.flatMap((name) => {
    const field = fields[name];
    const value = record[name];
    const shown = field === undefined || value === undefined ? null : displayValue(value, field, record);
    return shown === null || field === undefined
      ? []
      : [{ name, label: field.label, ...shown, start: 0, end: name === "name" ? end : 0 }];
  });
}
