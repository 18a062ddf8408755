/** One value of an access attribute: a record id, a selection key, a flag, an ISO date or a reader token. */
export type AccessScalar = string | number | boolean;

/**
 * What the access decision may look at, on every document part and its chunks: attribute name to values.
 *
 * Three states, and they differ: values present; `[]`, the attribute is known to be unset; no entry at all, unknown.
 * An unknown attribute never matches, negated or not: a part that lacks what a rule names is shown to nobody.
 *
 * Names: `model` holds the Odoo model, or `file` for documents from folders; `requires` holds the ids of the groups of which a
 * reader needs one (the field groups of a partition; `[]` when none is needed); `readers`, `companies`, `from` and `until` belong to files;
 * every other name is a field of the record (`company_id`), or one of the record that it hangs on (`record.company_id`).
 */
export type AccessAttributes = Readonly<Record<string, readonly AccessScalar[]>>;

/** The value of the attribute `model` on documents that come from folders rather than from Odoo. */
export const FILE_MODEL = "file";
