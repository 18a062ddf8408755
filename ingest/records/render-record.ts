import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { readablePartitions } from "../../permissions/odoo/readable-partitions.ts";
import type { ModelDescription, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { OdooRecord } from "../../infra/odoo/port.ts";
import type { CataloguedLines, CataloguedModel } from "../catalogued-model.ts";
import type { StructuredText } from "../chunk.ts";
import type { DraftPart } from "../sources/port.ts";
import { displayValue } from "./display-value.ts";
import { PartText, type WrittenField } from "./part-text.ts";
import type { ReadRecord } from "./read-model.ts";

/** The lines of one record that are of one model. */
export interface ReadLines {
  readonly catalogued: CataloguedLines;
  readonly lines: readonly ReadRecord[];
}

type RecordPart = Extract<DraftPart, StructuredText>;

/**
 * A record's parts: one for each set of groups that may see some of its fields, and its lines in parts of their own, for lines are read
 * under the rules of their own model. Fields that nobody may see, or of which that cannot be said exactly, are left out.
 */
export function renderRecord(
  read: ReadRecord,
  lines: readonly ReadLines[],
  entry: CataloguedModel,
  policy: PolicySnapshot,
): readonly RecordPart[] {
  const description = policy.models[entry.model];
  if (description === undefined) return [];
  return [...recordParts(read, entry, description, policy), ...lines.flatMap((each) => lineParts(each, policy))];
}

function recordParts(
  read: ReadRecord,
  entry: CataloguedModel,
  description: ModelDescription,
  policy: PolicySnapshot,
): readonly RecordPart[] {
  const references = entry.references ?? [];
  return readablePartitions(description, shownFields(description, entry), policy).flatMap(
    ({ key, requires, fields }) => {
      const part = new PartText();
      for (const field of writtenFields(read.record, fields, description, entry.currencies)) {
        if (references.includes(field.name)) part.reference(field);
        else part.field(field);
      }
      return finished(part, key, { ...read.access, requires });
    },
  );
}

/** Lines that the same readers may see share a part. */
function lineParts({ catalogued, lines }: ReadLines, policy: PolicySnapshot): readonly RecordPart[] {
  const description = policy.models[catalogued.model];
  if (description === undefined) return [];
  const groups = [...Map.groupBy(lines, ({ access }) => JSON.stringify(access)).values()];
  return groups.flatMap((group, index) =>
    readablePartitions(description, shownFields(description, catalogued), policy).flatMap(
      ({ key, requires, fields }) => {
        const part = linePart(group, fields, catalogued, description);
        const name = [
          catalogued.model,
          ...(key === "main" ? [] : [key]),
          ...(index === 0 ? [] : [String(index + 1)]),
        ].join(" ");
        return finished(part, name, { ...group[0]?.access, requires });
      },
    ),
  );
}

function linePart(
  lines: readonly ReadRecord[],
  fields: readonly string[],
  catalogued: CataloguedLines,
  description: ModelDescription,
): PartText {
  const part = new PartText();
  part.heading(catalogued.title);
  for (const { record } of lines) {
    part.line(
      { model: catalogued.model, id: record.id },
      withoutRepeats(writtenFields(record, fields, description, catalogued.currencies)),
    );
  }
  return part;
}

/** A line's description mostly repeats its product. */
function withoutRepeats(fields: readonly WrittenField[]): readonly WrittenField[] {
  return fields.filter(
    (field, index) =>
      field.name !== "name" || !fields.slice(0, index).some(({ display }) => display.includes(field.display)),
  );
}

/**
 * The fields whose value is the same whoever reads it. A value that differs by company (`company_dependent`), and one that Odoo computes at
 * each reading (stock summed over the reader's companies), is the sync account's and nobody else's: it is not shown.
 */
function shownFields(
  { fields }: ModelDescription,
  entry: Pick<CataloguedModel, "fields" | "references" | "sameForEverybody">,
): readonly string[] {
  return [...entry.fields, ...(entry.references ?? [])].filter((name) => {
    const field = fields[name];
    if (field === undefined || field.companyDependent === true) return false;
    return field.stored !== false || field.related !== undefined || entry.sameForEverybody?.includes(name) === true;
  });
}

function writtenFields(
  record: OdooRecord,
  fields: readonly string[],
  description: ModelDescription,
  currencies: Readonly<Record<string, string>> = {},
): readonly WrittenField[] {
  return fields.flatMap((name) => {
    const field = description.fields[name];
    const value = record[name];
    if (field === undefined || value === undefined) return [];
    const shown = displayValue(value, field, record, currencies[name]);
    return shown === null ? [] : [{ name, label: field.label, ...shown }];
  });
}

function finished(part: PartText, key: string, access: AccessAttributes): readonly RecordPart[] {
  return part.isEmpty ? [] : [{ key, ...part.written(), access }];
}
