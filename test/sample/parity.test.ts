import { join } from "node:path";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlAccessFilter } from "../../infra/chunk-index/sql-access-filter.ts";
import { type Connection, connectEmbedded } from "../../infra/db/connection.ts";
import { policyStore } from "../../infra/db/policy-store.ts";
import { readableDocuments } from "../../infra/db/readable-documents.ts";
import { execute, sql } from "../../infra/db/sql.ts";
import type { Fact } from "../../infra/document.ts";
import { catalogue } from "../../ingest/catalogue.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { readVisibleRecords } from "../parity/record-visible.ts";
import { type SampleCopy, copySample } from "./copy-sample.ts";

/** Ingested models whose records are no documents of their own: shown in their orders, entries, transfers and the like. */
const WITHIN_OTHERS = new Set(catalogue.flatMap(({ lines = [] }) => lines.map(({ model }) => model)));

interface PartRow {
  readonly id: string;
  readonly part: string;
  readonly model: string;
  readonly record_id: number;
  readonly access: AccessAttributes;
  readonly facts: readonly Fact[];
}

const truth = readVisibleRecords();
let copy: SampleCopy;
let connection: Connection;
let policy: PolicySnapshot;
let parts: readonly PartRow[];
/** Records that are documents, per model. Others have no text, such as empty attachments. */
let ingested: ReadonlyMap<string, ReadonlySet<number>>;

beforeAll(async () => {
  copy = await copySample();
  connection = await connectEmbedded(join(copy.dataDirectory, "pglite"));
  const latest = await policyStore(connection).latest();
  if (latest === null) throw new TypeError("The sample has no policy.");
  policy = latest;
  parts = await everyPart(connection.client);
  const byModel = Map.groupBy(parts, ({ model }) => model);
  ingested = new Map([...byModel].map(([model, rows]) => [model, new Set(rows.map(({ record_id: id }) => id))]));
});
afterAll(async () => {
  await connection.close();
  await copy[Symbol.asyncDispose]();
});

describe("the ingested records", () => {
  it("are those of the policy that was recorded with Odoo's answers", () => {
    expect(policy.epoch).toBe(truth.epoch);
  });

  it("are of every model that somebody may read, the lines of others excepted", () => {
    const readable = Object.keys(truth.cases[0]?.visible ?? {}).filter((model) =>
      truth.cases.some(({ visible }) => (visible[model]?.length ?? 0) > 0),
    );
    expect(readable.filter((model) => !ingested.has(model) && !WITHIN_OTHERS.has(model))).toEqual([]);
  });

  it("leave out few: a record without a document has no text", () => {
    const missing = new Map<string, number>();
    for (const { visible } of truth.cases) {
      for (const [model, ids] of Object.entries(visible)) {
        const without = (ids ?? []).filter((id) => ingested.get(model)?.has(id) === false);
        missing.set(model, Math.max(missing.get(model) ?? 0, without.length));
      }
    }
    expect(Object.fromEntries([...missing].filter(([, count]) => count > 0))).toEqual(KNOWN_WITHOUT_TEXT);
  });
});

/** `placeholder.png`, which has no bytes. */
const KNOWN_WITHOUT_TEXT = { "ir.attachment": 1 };

describe.each(truth.cases)("$login with companies $companyIds", ({ login, companyIds, visible }) => {
  it("reads through the evaluated and the SQL filter exactly what Odoo showed", async () => {
    const filter = planAccess(resolvePrincipal(login, policy, companyIds ?? undefined), policy);
    const evaluated = parts.filter(({ access }) => evaluateAccess(filter, access)).map(keyOf);
    const admitted = (await admittedParts(connection.client, filter)).map(keyOf);
    expect(admitted, "SQL and evaluation admit the same parts").toEqual(evaluated);

    const seen = await readThroughDocuments(filter);
    for (const [model, ids] of Object.entries(visible)) {
      if (WITHIN_OTHERS.has(model)) continue;
      expect(seen.get(model) ?? [], model).toEqual(expectedOf(model, ids ?? []));
    }
  });

  it("reads the chunks of those parts and of no others", async () => {
    const filter = planAccess(resolvePrincipal(login, policy, companyIds ?? undefined), policy);
    const rows = await connection.client<{ id: string; document_id: string; part: string }[]>`
      select id, document_id, part from chunks order by id`;
    const readable = new Set(parts.filter(({ access }) => evaluateAccess(filter, access)).map(keyOf));
    const chunks = await readableDocuments(connection).chunks(
      rows.map(({ id }) => id),
      filter,
    );
    expect(chunks.map(({ chunkId }) => chunkId)).toEqual(
      rows.filter(({ document_id: id, part }) => readable.has(`${id} ${part}`)).map(({ id }) => id),
    );
  });
});

/** Of what Odoo showed, the records that are documents. */
function expectedOf(model: string, ids: readonly number[]): readonly number[] {
  return ids.filter((id) => ingested.get(model)?.has(id) === true).toSorted((a, b) => a - b);
}

/** Per model the records of which at least one part can be read, through the one way to text. */
async function readThroughDocuments(filter: AccessFilter): Promise<ReadonlyMap<string, readonly number[]>> {
  const seen = await readableDocuments(connection).parts({ limit: 100_000 }, filter);
  const byModel = Map.groupBy(seen, ({ document }) => document.model);
  return new Map(
    [...byModel].map(([model, found]) => [
      model,
      [...new Set(found.map(({ document }) => document.recordId ?? 0))].toSorted((a, b) => a - b),
    ]),
  );
}

function everyPart(client: Sql): Promise<readonly PartRow[]> {
  return admittedParts(client, null);
}

/** Straight from the tables, by the SQL filter alone; null admits everything. */
async function admittedParts(client: Sql, filter: AccessFilter | null): Promise<readonly PartRow[]> {
  const condition = filter === null ? sql`true` : sqlAccessFilter(filter.expression, sql`access.attributes`);
  return execute<PartRow>(
    client,
    sql`
    select document.id, part.key as part, document.model, document.record_id, access.attributes as access, part.facts
    from documents document join document_parts part on part.document_id = document.id
    join access_sets access on access.id = part.access_id
    where (${condition}) is true order by document.id collate "C", part.key collate "C"`,
  );
}

function keyOf({ id, part }: PartRow): string {
  return `${id} ${part}`;
}
