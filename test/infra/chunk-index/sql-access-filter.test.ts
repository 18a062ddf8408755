import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { sqlAccessFilter } from "../../../infra/chunk-index/sql-access-filter.ts";
import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { canonicalAccess } from "../../../infra/db/access-sets.ts";
import type { AccessAttributes } from "../../../permissions/access-attributes.ts";
import type { AccessExpression } from "../../../permissions/access-filter.ts";
import { evaluateExpression } from "../../../permissions/evaluate-access.ts";
import { accessAttributes, accessExpression } from "../../support/access-arbitraries.ts";
import { testDataDirectory, PATIENCE } from "../../support/test-database.ts";
import { execute, joinSql, sql } from "../../../infra/db/sql.ts";

const BATCH = 50;

describe("an access expression compiled to SQL", () => {
  let directory = mkdtempSync(join(tmpdir(), "groundwork-test-"));
  let connection: Connection;

  beforeAll(async () => {
    rmSync(directory, { recursive: true });
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Verdicts by set, then by expression. */
  async function verdicts(
    expressions: readonly AccessExpression[],
    sets: readonly AccessAttributes[],
  ): Promise<unknown[][]> {
    const columns = expressions.map((expression) => sqlAccessFilter(expression, sql`(each.attributes)`));
    const rows = await execute<{ verdicts: (boolean | null)[] }>(
      connection.client,
      sql`
      select jsonb_build_array(${joinSql(columns, sql`, `)}) as verdicts
      from unnest(${`{${sets.map((set) => JSON.stringify(canonicalAccess(set))).join(",")}}`}::jsonb[]) with ordinality as each(attributes, position)
      order by position`,
    );
    return rows.map((row) => row.verdicts.map((verdict) => verdict ?? "unknown"));
  }

  it(
    "comes to the same of true, false and unknown as the evaluator, for 3,000 expressions over 60 sets of attributes",
    { timeout: PATIENCE },
    async () => {
      const sets = fc.sample(accessAttributes, { numRuns: 60, seed: fc.sample(fc.nat(), 1)[0] ?? 0 });
      const expressions = fc.sample(accessExpression, 3_000);
      const seen = new Set<unknown>();
      for (let from = 0; from < expressions.length; from += BATCH) {
        const batch = expressions.slice(from, from + BATCH);
        const answered = await verdicts(batch, sets);
        for (const [row, attributes] of sets.entries()) {
          for (const [column, expression] of batch.entries()) {
            const meant = evaluateExpression(expression, attributes);
            seen.add(meant);
            if (answered[row]?.[column] !== meant) {
              expect.fail(
                `${JSON.stringify({ expression, attributes })}: SQL says ${String(answered[row]?.[column])}, meant is ${meant}`,
              );
            }
          }
        }
      }
      expect(seen).toEqual(new Set([true, false, "unknown"]));
    },
  );

  it("keeps what is absent unknown under every negation", async () => {
    const asked: AccessExpression[] = [
      { kind: "anyOf", field: "f", values: [] },
      { kind: "anyOf", field: "f", values: [1] },
      { kind: "anyOf", field: "f", values: Array.from({ length: 20 }, (_, value) => value) },
      { kind: "isUnset", field: "f" },
      { kind: "within", field: "f", values: [] },
      { kind: "within", field: "f", values: [1] },
      { kind: "range", field: "f", comparison: "<", bound: 1 },
      { kind: "range", field: "f", comparison: ">=", bound: "a" },
    ];
    const negated = asked.map((expression): AccessExpression => ({ kind: "not", expression }));
    const twice = negated.map((expression): AccessExpression => ({ kind: "not", expression }));
    const [verdictsOfNone] = await verdicts([...asked, ...negated, ...twice], [{}]);
    expect(new Set(verdictsOfNone)).toEqual(new Set(["unknown"]));
  });

  it("treats names and values as data", async () => {
    const hostile = `'); drop table access_sets; --`;
    const [row] = await verdicts([{ kind: "anyOf", field: hostile, values: [hostile] }], [{ [hostile]: [hostile] }]);
    expect(row).toEqual([true]);
  });
});
