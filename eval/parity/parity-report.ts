import type { UnseenReading } from "../../infra/odoo/joined-source.ts";

/** One model, over all people and choices of companies. */
export interface ModelParity {
  readonly model: string;
  readonly records: number;
  readonly fields: number;
  readonly over: number;
  readonly under: number;
  /** What differs and why, each once, the most frequent first. */
  readonly causes: readonly string[];
}

/** Differences of one model, as they are found. */
export class ModelTally {
  readonly model: string;
  readonly #records = new Set<number>();
  readonly #fields = new Set<string>();
  readonly #causes = new Map<string, number>();
  #over = 0;
  #under = 0;

  constructor(model: string) {
    this.model = model;
  }

  /** Records that we hold or that Odoo showed somebody. */
  saw(ids: Iterable<number>): void {
    for (const id of ids) this.#records.add(id);
  }

  compared(fields: Iterable<string>): void {
    for (const field of fields) this.#fields.add(field);
  }

  over(cause: string, count: number): void {
    this.#over += count;
    this.#note(`over-exposed: ${cause}`, count);
  }

  under(cause: string, count: number): void {
    this.#under += count;
    this.#note(`under-exposed: ${cause}`, count);
  }

  #note(cause: string, count: number): void {
    if (count > 0) this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + count);
  }

  result(): ModelParity {
    const causes = [...this.#causes].sort(([, left], [, right]) => right - left);
    return {
      model: this.model,
      records: this.#records.size,
      fields: this.#fields.size,
      over: this.#over,
      under: this.#under,
      causes: causes.map(([cause, count]) => `${count} ${cause}`),
    };
  }
}

/** Causes listed beneath a model; further ones are counted. */
const LISTED = 20;

/** The line of a model, and beneath it what differs. */
export function modelLines({ model, records, fields, over, under, causes }: ModelParity): readonly string[] {
  const listed = causes.slice(0, LISTED).map((cause) => `    ${cause}`);
  const rest = causes.length > LISTED ? [`    and ${causes.length - LISTED} causes more`] : [];
  return [
    `${model.padEnd(28)} ${number(records, 7)} records ${number(fields, 4)} fields ${number(over, 5)} over-exposed ${number(under, 5)} under-exposed`,
    ...listed,
    ...rest,
  ];
}

/** What was read of a model beyond the sync account's sight. */
export function unseenLine({ model, records, unreadFields }: UnseenReading): string {
  const unread = unreadFields.length === 0 ? "" : ` (read by none of them: ${unreadFields.join(", ")})`;
  return `${model.padEnd(28)} ${number(records, 7)} records read with people's own keys, for the sync account does not see them${unread}`;
}

/** The last line. */
export function summaryLine(users: number, models: readonly ModelParity[]): string {
  const sum = (pick: (model: ModelParity) => number) => models.reduce((total, model) => total + pick(model), 0);
  return (
    `parity: ${users} users, ${models.length} models, ${sum((model) => model.records)} records, ` +
    `${sum((model) => model.fields)} fields: ${sum((model) => model.over)} over-exposed, ${sum((model) => model.under)} under-exposed`
  );
}

/** 0 when nothing differs. A run that compared nothing proves nothing. */
export function exitCode(users: number, models: readonly ModelParity[]): 0 | 1 {
  const isProof = users > 0 && models.some(({ records }) => records > 0);
  return isProof && models.every(({ over, under }) => over === 0 && under === 0) ? 0 : 1;
}

function number(value: number, width: number): string {
  return String(value).padStart(width);
}
