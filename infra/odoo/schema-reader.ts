import PQueue from "p-queue";
import { RECORD_MODEL_FIELDS } from "../../permissions/odoo/dependent-models.ts";
import type { FieldDescription, PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import { collectRecords } from "./collect-records.ts";
import { describeModels } from "./describe-models.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import type { OdooRecord, OdooSource } from "./port.ts";
import { unlessRefused } from "./unless-refused.ts";

/** Modules are installed and upgraded seldom, and mostly bring fields; what brings none is noticed this late. */
const VALID_MS = 60_000;
/** Models described at the same time; a small Odoo has few workers. */
const AT_ONCE = 3;

type Fields = Readonly<Record<string, FieldDescription>>;

/** What the modules of an Odoo decide: its models and their fields. */
export interface Schema {
  /** Counts up with every reading. */
  readonly reading: number;
  /** By the id of their `ir.model`. */
  readonly modelNames: ReadonlyMap<number, string>;
  readonly inherited: ReadonlyMap<string, readonly string[]>;
  /** Models that messages or attachments hang on and that are not ingested themselves. */
  readonly hostModels: readonly string[];
}

/** Reads the schema when it may have changed, and each model's fields once for each schema. */
export class SchemaReader {
  readonly #source: OdooSource;
  readonly #ingestedModels: readonly string[];
  #held: { readonly schema: Schema; readonly readAt: number; readonly fieldCount: number } | null = null;
  #fields = new Map<string, Promise<Fields | null>>();

  constructor(source: OdooSource, ingestedModels: readonly string[]) {
    this.#source = source;
    this.#ingestedModels = ingestedModels;
  }

  /** Errors: those of the source. */
  async read(signal?: AbortSignal): Promise<Schema> {
    const fieldCount = await this.#countFields(signal);
    const held = this.#held;
    if (held !== null && held.fieldCount === fieldCount && performance.now() - held.readAt < VALID_MS)
      return held.schema;
    const readAt = performance.now();
    const [modelRows, hostModels] = await Promise.all([this.#models(signal), this.#hosts(signal)]);
    const modelNames = new Map(modelRows.map((row) => [row.id, nameOf(row)]));
    const inherited = modelRows.map((row): [string, readonly string[]] => {
      const parents = row["inherited_model_ids"];
      const ids = Array.isArray(parents) ? parents.filter((id) => typeof id === "number") : [];
      return [nameOf(row), ids.toSorted((a, b) => a - b).flatMap((id) => modelNames.get(id) ?? [])];
    });
    const schema = { reading: (held?.schema.reading ?? 0) + 1, modelNames, inherited: new Map(inherited), hostModels };
    this.#fields = new Map();
    this.#held = { schema, readAt, fieldCount };
    return schema;
  }

  /** Describes the ingested models, their hosts and what the rules reach from there. Errors: those of the source. */
  async describe(
    { inherited, hostModels }: Schema,
    rules: readonly RecordRule[],
    signal?: AbortSignal,
  ): Promise<Pick<PolicySnapshot, "models"> & { readonly hostModels: readonly string[] }> {
    const needed = { ingestedModels: this.#ingestedModels, hostModels };
    const fields = (model: string) => this.#fieldsOf(model, signal);
    // What is described in any case, side by side; the rest is found one after the other.
    const queue = new PQueue({ concurrency: AT_ONCE });
    await queue.addAll([...this.#ingestedModels, ...hostModels].map((model) => () => fields(model)));
    const models = await describeModels(fields, needed, rules, inherited);
    return { models, hostModels: hostModels.filter((model) => Object.hasOwn(models, model)) };
  }

  /** `fields_get`, or null when the account may not read the model or it is not installed. */
  #fieldsOf(model: string, signal?: AbortSignal): Promise<Fields | null> {
    const known = this.#fields.get(model);
    if (known !== undefined) return known;
    const reading = unlessRefused(this.#source.fields(model, signal));
    this.#fields.set(model, reading);
    reading.catch(() => this.#fields.delete(model));
    return reading;
  }

  async #countFields(signal?: AbortSignal): Promise<number> {
    return (await unlessRefused(this.#source.count("ir.model.fields", signal))) ?? 0;
  }

  #models(signal?: AbortSignal): Promise<readonly OdooRecord[]> {
    return collectRecords(this.#source.records("ir.model", POLICY_FIELDS["ir.model"], signal));
  }

  async #hosts(signal?: AbortSignal): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const [model, field] of RECORD_MODEL_FIELDS) {
      if (!this.#ingestedModels.includes(model)) continue;
      for (const host of await this.#source.values(model, field, signal)) found.add(host);
    }
    return [...found].filter((model) => !this.#ingestedModels.includes(model)).sort();
  }
}

function nameOf(row: OdooRecord): string {
  const name = row["model"];
  return typeof name === "string" ? name : "";
}
