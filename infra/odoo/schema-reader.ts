import PQueue from "p-queue";
import { RECORD_MODEL_FIELDS } from "../../permissions/odoo/dependent-models.ts";
import type { FieldDescription, PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import { collectRecords } from "./collect-records.ts";
import { describeModels } from "./describe-models.ts";
import { type InstalledModel, installedFields, readInstalledModels } from "./installed-models.ts";
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
  /** Per model whose records hang on others: the models that they hang on. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** None unless they were asked for. */
  readonly installed: readonly InstalledModel[];
}

/** Reads the schema when it may have changed, and each model's fields once for each schema. */
export class SchemaReader {
  readonly #source: OdooSource;
  readonly #ingestedModels: readonly string[] | null;
  #held: { readonly schema: Schema; readonly readAt: number; readonly fieldCount: number } | null = null;
  #fields = new Map<string, Promise<Fields | null>>();

  /** `ingestedModels` null: they are chosen by what is installed, which is read for it. */
  constructor(source: OdooSource, ingestedModels: readonly string[] | null) {
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
    const [{ modelRows, installed }, hosts] = await Promise.all([this.#models(signal), this.#hosts(signal)]);
    const modelNames = new Map(modelRows.map((row) => [row.id, nameOf(row)]));
    const inherited = modelRows.map((row): [string, readonly string[]] => {
      const parents = row["inherited_model_ids"];
      const ids = Array.isArray(parents) ? parents.filter((id) => typeof id === "number") : [];
      return [nameOf(row), ids.toSorted((a, b) => a - b).flatMap((id) => modelNames.get(id) ?? [])];
    });
    const reading = (held?.schema.reading ?? 0) + 1;
    const schema = { reading, modelNames, inherited: new Map(inherited), hosts, installed };
    this.#fields = new Map();
    this.#held = { schema, readAt, fieldCount };
    return schema;
  }

  /** Describes the ingested models, their hosts and what the rules reach from there. Errors: those of the source. */
  async describe(
    { inherited, hosts, installed }: Schema,
    ingestedModels: readonly string[],
    rules: readonly RecordRule[],
    signal?: AbortSignal,
  ): Promise<Pick<PolicySnapshot, "models"> & { readonly hostModels: readonly string[] }> {
    const hanging = ingestedModels.flatMap((model) => hosts.get(model) ?? []);
    const hostModels = [...new Set(hanging)].filter((model) => !ingestedModels.includes(model)).sort();
    const fields = (model: string) => this.#fieldsOf(model, signal);
    // What is described in any case, side by side; the rest is found one after the other.
    const queue = new PQueue({ concurrency: AT_ONCE });
    await queue.addAll([...ingestedModels, ...hostModels].map((model) => () => fields(model)));
    const models = labelled(await describeModels(fields, { ingestedModels, hostModels }, rules, inherited), installed);
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

  /** One reading of the models tells how they inherit and, where that is asked, what is installed. */
  async #models(
    signal?: AbortSignal,
  ): Promise<{ readonly modelRows: readonly OdooRecord[]; readonly installed: readonly InstalledModel[] }> {
    const source = this.#source;
    const told = this.#ingestedModels === null ? await installedFields(source, "ir.model", signal) : null;
    const fields = [...new Set([...POLICY_FIELDS["ir.model"], ...(told ?? [])])];
    const modelRows = await collectRecords(source.records("ir.model", fields, signal));
    return { modelRows, installed: told === null ? [] : await readInstalledModels(source, signal, modelRows) };
  }

  async #hosts(signal?: AbortSignal): Promise<Schema["hosts"]> {
    const found = new Map<string, readonly string[]>();
    for (const [model, field] of RECORD_MODEL_FIELDS) {
      if (this.#ingestedModels?.includes(model) === false) continue;
      found.set(model, await this.#source.values(model, field, signal));
    }
    return found;
  }
}

/** With what people call each model, where that was read. */
function labelled(models: PolicySnapshot["models"], installed: readonly InstalledModel[]): PolicySnapshot["models"] {
  const labels = new Map(installed.map(({ model, label }) => [model, label]));
  return Object.fromEntries(
    Object.entries(models).map(([name, described]) => [
      name,
      { ...described, label: labels.get(name) ?? described.label },
    ]),
  );
}

function nameOf(row: OdooRecord): string {
  const name = row["model"];
  return typeof name === "string" ? name : "";
}
