import { type Command, InvalidArgumentError } from "commander";

/** What narrows a question, as it was given on the command line. */
export interface FilterOptions {
  readonly source?: readonly string[];
  readonly model?: readonly string[];
  readonly kind?: readonly string[];
  readonly record?: readonly RecordName[];
  readonly companies?: readonly number[];
  readonly from?: string;
  readonly until?: string;
}

interface RecordName {
  readonly model: string;
  readonly id: number;
}

/** The members of a request that narrow it. */
export function filtersOf({ source, model, kind, record, companies, from, until }: FilterOptions): object {
  const records = [...Map.groupBy(record ?? [], (each) => each.model)].map(([name, each]) => ({
    model: name,
    ids: each.map(({ id }) => id),
  }));
  return {
    ...(source && { sources: source }),
    ...(model && { models: model }),
    ...(kind && { kinds: kind }),
    ...(records.length > 0 && { records }),
    ...(companies && { companies }),
    ...(from && { from }),
    ...(until && { until }),
  };
}

function recordNames(text: string, before: readonly RecordName[] = []): readonly RecordName[] {
  const [, model, id] = /^([a-z_.0-9]+)\/([1-9]\d{0,8})$/.exec(text) ?? [];
  if (model !== undefined && id !== undefined) return [...before, { model, id: Number(id) }];
  throw new InvalidArgumentError("Name records by model and id, such as purchase.order/12.");
}

/** Options that may be repeated. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--source <name>", "only from this source; repeatable, as the next three", collected)
    .option("--model <model>", "only from this Odoo model, or file", collected)
    .option("--kind <kind>", "only from documents of this kind, such as policy", collected)
    .option("--record <record>", "only from this record, such as purchase.order/12", recordNames)
    .option("--companies <ids>", "active companies, such as 2,1", companyIds)
    .option("--from <day>", "only from what is dated on this day or later")
    .option("--until <day>", "only from what is dated on this day or earlier");
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Throws where the text is no list of ids. */
export function companyIds(text: string): readonly number[] {
  const ids = text.split(",").map((id) => id.trim());
  if (ids.every((id) => /^[1-9]\d{0,8}$/.test(id))) return ids.map(Number);
  throw new InvalidArgumentError("Name companies by id, such as 1,2.");
}
