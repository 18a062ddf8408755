/** The lines of a record, shown with it but read under their own model's rules. */
export interface CataloguedLines {
  readonly model: string;
  /** The many2one that leads to the record. */
  readonly parentField: string;
  readonly title: string;
  readonly fields: readonly string[];
  readonly currencies?: Readonly<Record<string, string>>;
}

/** How the records of a model are read and shown. */
export interface CataloguedModel {
  readonly model: string;
  /** What the document is called: `purchase order`. */
  readonly kind: string;
  /** How the title begins; the kind unless stated. */
  readonly titleStart?: string;
  /** The fields that follow in the title; `display_name` unless stated. */
  readonly titleFields?: readonly string[];
  /** In the order in which they are shown. */
  readonly fields: readonly string[];
  /** Kept as facts to find the record by, without being shown. */
  readonly references?: readonly string[];
  /** Numbers that Odoo does not mark as money: the field to the one that names the currency. */
  readonly currencies?: Readonly<Record<string, string>>;
  /** Computed fields whose value is known to be the same whoever reads it; other computed fields are never shown. */
  readonly sameForEverybody?: readonly string[];
  /** Of several models, each named once. */
  readonly lines?: readonly CataloguedLines[];
}

/** Everything that is read of a model for its text, its title and its money. */
export function cataloguedFields({ fields, references, currencies, titleFields }: CataloguedModel): readonly string[] {
  return [
    ...new Set([
      ...(titleFields ?? ["display_name"]),
      ...fields,
      ...(references ?? []),
      ...Object.values(currencies ?? {}),
    ]),
  ];
}

/** Everything that is read of a record's lines. */
export function lineFields({ parentField, fields, currencies }: CataloguedLines): readonly string[] {
  return [...new Set([parentField, ...fields, ...Object.values(currencies ?? {})])];
}
