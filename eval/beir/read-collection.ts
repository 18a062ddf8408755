import { join } from "node:path";
import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";
import { type NumberedLine, plainOrPacked, readLines } from "./read-lines.ts";

/** An id stands in a TREC run between tabs, on one line. */
const id = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .refine((value) => !/[\t\r\n]/.test(value), { error: "holds a tab or a line break" });
const metadata = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const passageSchema = z.object({
  _id: id,
  title: z
    .string()
    .nullish()
    .transform((value) => value ?? ""),
  text: z.string(),
  metadata,
});
const querySchema = z.object({ _id: id, text: z.string().default(""), metadata });

/** A document of a BEIR corpus. */
export interface Passage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Query {
  readonly id: string;
  readonly text: string;
  /** What documents must state to be found; null: anything. */
  readonly filter: { readonly field: string; readonly value: string } | null;
  /** Documents that do not count for this query and are left out. */
  readonly exclude: ReadonlySet<string>;
}

export interface QueryOptions {
  /** The file's name without its ending; `queries` by default. */
  readonly queries: string;
  /** The metadata field that a document must share with the query. */
  readonly filter?: string | undefined;
  /** The metadata field that holds the question. */
  readonly question?: string | undefined;
}

/** The corpus file of a BEIR folder. Throws `unreadable-file` when it has none. */
export function corpusFile(folder: string): string {
  return plainOrPacked(join(folder, "corpus.jsonl"));
}

/** One after the other: a corpus need not fit the memory. Throws `unreadable-file` with the number of a broken line. */
export async function* readPassages(path: string): AsyncGenerator<Passage, void> {
  for await (const line of readLines(path)) {
    const { _id, ...passage } = parseLine(path, line, passageSchema);
    yield { id: _id, ...passage };
  }
}

/** Throws `unreadable-file` for a missing file, a broken line, a repeated id or a field that a query lacks. */
export async function readQueries(folder: string, options: QueryOptions): Promise<readonly Query[]> {
  const path = plainOrPacked(join(folder, `${options.queries}.jsonl`));
  const queries = new Map<string, Query>();
  for await (const line of readLines(path)) {
    const stated = parseLine(path, line, querySchema);
    const { _id, text, metadata: fields } = stated;
    if (queries.has(_id)) throw fault(path, line, `the query ${_id} is there twice`);
    const field = (name: string) => {
      const value = fieldText(fields[name]);
      if (value !== null) return value;
      throw fault(path, line, `the query has no metadata field “${name}”; ${known(fields)}`);
    };
    queries.set(_id, {
      id: _id,
      text: options.question === undefined ? text : field(options.question),
      filter: options.filter === undefined ? null : { field: options.filter, value: field(options.filter) },
      exclude: new Set(z.array(id).catch([]).parse(fields["exclude"])),
    });
  }
  if (queries.size === 0) throw new GroundworkError("unreadable-file", `${path} holds no query.`);
  return [...queries.values()];
}

/** A metadata value as it is compared; null for what is no single value. */
export function fieldText(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function parseLine<Result>(path: string, line: NumberedLine, schema: z.ZodType<Result>): Result {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    throw fault(path, line, "it is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fault(path, line, `${issue?.path.join(".") || "it"} is wrong (${issue?.message ?? "unknown fault"})`);
}

function known(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields);
  return names.length === 0 ? "it has none" : `it has ${names.map((name) => `“${name}”`).join(", ")}`;
}

function fault(path: string, { number }: NumberedLine, what: string): GroundworkError {
  return new GroundworkError("unreadable-file", `${path}, line ${number}: ${what}.`);
}
