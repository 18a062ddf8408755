/** Odoo's types of field; what a rule may compare depends on it. */
export type FieldType =
  | "boolean"
  | "integer"
  | "float"
  | "monetary"
  | "char"
  | "text"
  | "html"
  | "selection"
  | "date"
  | "datetime"
  | "many2one"
  | "one2many"
  | "many2many"
  | "many2one_reference"
  | "reference"
  | "binary"
  | "json"
  | "properties"
  | "properties_definition";

export interface FieldDescription {
  readonly type: FieldType;
  readonly label: string;
  /** The model at the other end of a relational field. */
  readonly relation?: string;
  /** Odoo's `groups=` as written: external ids separated by commas, `!` before those that exclude. Absent: everybody. */
  readonly groups?: string;
  readonly selection?: readonly (readonly [string, string])[];
  /** The monetary field's currency field. */
  readonly currencyField?: string;
  /** Absent counts as stored. What is computed cannot be planned, unless it is `related` or known to mean the same to everybody. */
  readonly stored?: boolean;
  /** The dotted path that a related field follows, such as `country_id.code`. */
  readonly related?: string;
  readonly required?: boolean;
  /** The value differs from company to company. */
  readonly companyDependent?: boolean;
}

export interface ModelDescription {
  readonly model: string;
  readonly label: string;
  readonly fields: Readonly<Record<string, FieldDescription>>;
  /** `_inherits`: parent model to the many2one that leads to it. */
  readonly inherits: Readonly<Record<string, string>>;
  /** The many2one that `child_of` and `parent_of` climb. */
  readonly parentField: string;
}

export interface GroupPolicy {
  readonly id: number;
  /** External id, such as `base.group_user`; empty for a group made by hand. */
  readonly name: string;
  readonly label: string;
  readonly impliedIds: readonly number[];
}

export interface UserPolicy {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly active: boolean;
  readonly partnerId: number;
  /** Groups given directly; the closure is computed. */
  readonly groupIds: readonly number[];
  readonly companyId: number;
  /** Without archived ones. */
  readonly companyIds: readonly number[];
}

export interface CompanyPolicy {
  readonly id: number;
  /** External id, such as `base.main_company`; empty for a company made by hand. */
  readonly externalId: string;
  readonly name: string;
  readonly parentId: number | null;
  readonly currency: string;
}

/** An active row of `ir.model.access` with read permission. No group: everybody. */
export interface ModelAccessRow {
  readonly model: string;
  readonly groupId: number | null;
}

/** An active row of `ir.rule` with read permission. */
export interface RecordRule {
  readonly id: number;
  readonly name: string;
  readonly model: string;
  /** Empty: the rule is global. */
  readonly groupIds: readonly number[];
  readonly domain: string;
}

/** Values as the mirror holds them: many2one as id, to-many as ids, unset as null. */
export type MirrorValue = string | number | boolean | null | readonly number[];
export type MirrorRecord = Readonly<Record<string, MirrorValue>> & { readonly id: number };

/**
 * Everything that decides who may read what, as Odoo stated it at one moment; plain JSON. Read whole or not at all.
 * `mirror` holds, per model, the records that rules path through (`employee_id.department_id.manager_id`), archived included, with
 * exactly the fields that `ruleFootprint` names.
 */
export interface PolicySnapshot {
  /** Hash of all that follows: another policy, another epoch. */
  readonly epoch: string;
  /** ISO instant at which the source was read. */
  readonly takenAt: string;
  /** The source it came from, such as `odoo:sample`. */
  readonly source: string;
  readonly groups: readonly GroupPolicy[];
  readonly users: readonly UserPolicy[];
  readonly companies: readonly CompanyPolicy[];
  readonly modelAccess: readonly ModelAccessRow[];
  readonly recordRules: readonly RecordRule[];
  readonly models: Readonly<Record<string, ModelDescription>>;
  /** The models whose records are ingested, and for which access is planned. `models` describes those that rules path through as well. */
  readonly ingestedModels: readonly string[];
  /**
   * Models that messages or attachments hang on without being ingested themselves: their access is planned for those alone. Absent in
   * snapshots of before there were any.
   */
  readonly hostModels?: readonly string[];
  /** The major version of an Odoo before 19, whose rules mean other things in places; absent for Odoo 19 and newer. */
  readonly odooVersion?: number;
  readonly mirror: Readonly<Record<string, readonly MirrorRecord[]>>;
}
