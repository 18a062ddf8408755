import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { accessAttributes, accessExpression } from "../../support/access-arbitraries.ts";
import { EVERYTHING, filterOf, NOTHING } from "../../support/filter.ts";
import { openTestDatabase, PATIENCE, type TestDatabase } from "../../support/test-database.ts";
import { NO_VECTORS, testDocument, writeEmbedded } from "../../support/test-document.ts";

describe("what a filter admits of the sets of access attributes", { timeout: PATIENCE }, () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  }, PATIENCE);
  afterAll(() => opened.discard());

  const scope = async (filter = EVERYTHING) => (await opened.followed.readableScope(filter, 1)).accessIds;

  /** Each document alone bears its attributes, so its set is the one that its writing adds. */
  async function writtenSet(
    id: string,
    access: Parameters<typeof testDocument>[1][0]["access"],
  ): Promise<number | null> {
    const before = new Set(await scope());
    await writeEmbedded(opened.database, testDocument(id, [{ chunks: ["text"], access }]), NO_VECTORS);
    return (await scope()).find((set) => !before.has(set)) ?? null;
  }

  it("is what the evaluator says, for every set, however often it is asked and whatever is added in between", async () => {
    const expressions = fc.sample(accessExpression, { numRuns: 120, seed: 5 });
    const sets = new Map<number, Parameters<typeof evaluateAccess>[1]>();
    for (const [position, access] of fc.sample(accessAttributes, { numRuns: 24, seed: 3 }).entries()) {
      const set = await writtenSet(`d${position}`, access);
      if (set !== null) sets.set(set, access);
      if (position % 8 !== 7) continue;
      for (const expression of expressions) {
        const filter = filterOf(expression);
        const admitted = [...sets].flatMap(([id, attributes]) => (evaluateAccess(filter, attributes) ? [id] : []));
        expect((await scope(filter)).toSorted((a, b) => a - b)).toEqual(admitted.toSorted((a, b) => a - b));
      }
    }
    expect(sets.size).toBeGreaterThan(15);
    expect(await scope(NOTHING)).toEqual([]);
  });
});
