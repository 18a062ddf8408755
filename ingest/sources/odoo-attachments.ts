import { createHash } from "node:crypto";
import type { OdooSource } from "../../infra/odoo/port.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { ATTACHMENT_MODEL, ATTACHMENT_REFERENCES } from "../catalogue.ts";
import type { Parser } from "../parsers/port.ts";
import { PIPELINE_VERSION } from "../pipeline-version.ts";
import { displayValue } from "../records/display-value.ts";
import type { ReadRecord } from "../records/read-model.ts";
import type { SourceItem } from "./port.ts";
import type { Fact } from "../../infra/document.ts";

/** What an attachment shows of itself beside its text. */
const SHOWN = ["name", ...ATTACHMENT_REFERENCES];

interface AttachmentTools {
  readonly odoo: OdooSource;
  readonly policy: PolicySnapshot;
  readonly parser: Parser;
}

/**
 * A file that hangs on a record: its text under the access of the attachment, which Odoo derives from the record. Files that stand for a
 * field of a record (`res_field`, mostly pictures) are nobody's, so they are passed over.
 */
export function attachmentItem(
  { record, access }: ReadRecord,
  tools: AttachmentTools,
  readAt: number,
): SourceItem | null {
  const name = record["name"];
  if (typeof name !== "string" || (access["res_field"]?.length ?? 0) > 0) return null;
  const key = `${ATTACHMENT_MODEL}/${record.id}`;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([PIPELINE_VERSION, name, record["checksum"], record["file_size"], access]))
    .digest("hex");
  const own = { ...access, requires: [] };
  return {
    key,
    fingerprint,
    access: [{ key: "main", access: own }],
    readAt,
    load: async (signal) => {
      const bytes = await tools.odoo.attachment(record.id, signal);
      const parsed = await tools.parser.parse(bytes, name, signal);
      const part = {
        key: "main",
        text: parsed.text,
        blocks: parsed.blocks,
        access: own,
        facts: [...factsOf(record, parsed.text, tools.policy), ...(parsed.facts ?? [])],
      };
      const document = {
        key,
        kind: "attachment",
        title: `Attachment ${name}`,
        model: ATTACHMENT_MODEL,
        recordId: record.id,
        url: `/web/content/${record.id}`,
        metadata: parsed.language === undefined ? {} : { language: parsed.language },
        parts: [part],
      };
      return { documents: [document], failures: [] };
    },
  };
}

/** Facts that are found by; a file's name is cited by the beginning of its text. */
function factsOf(record: ReadRecord["record"], text: string, policy: PolicySnapshot): readonly Fact[] {
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
