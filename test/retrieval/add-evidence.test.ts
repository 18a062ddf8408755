import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addEvidence } from "../../retrieval/add-evidence.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const [HIT] = hitsOf([file({ key: "a", text: ["Text."] })]);
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const drawn = fc
  .array(fc.record({ score: unit, sign: fc.double({ min: -9, max: 9, noNaN: true }) }), { maxLength: 10 })
  .map((all) => all.sort((left, right) => right.score - left.score));

const hitsOfDrawn = (all: readonly { readonly score: number }[]) =>
  all.flatMap(({ score }, at) => (HIT === undefined ? [] : [{ chunk: { ...HIT.chunk, chunkId: String(at) }, score }]));

describe("adding a sign of fitness to scores", () => {
  it("keeps every hit, best first, within the range of scores there was", () => {
    fc.assert(
      fc.property(drawn, unit, (all, weight) => {
        const hits = hitsOfDrawn(all);
        const after = addEvidence(hits, weight, ({ chunk }) => all[Number(chunk.chunkId)]?.sign ?? 0);
        expect(after.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual(
          hits.map(({ chunk }) => chunk.chunkId).toSorted(),
        );
        for (const [at, { score }] of after.entries()) {
          expect(score).toBeGreaterThanOrEqual((hits.at(-1)?.score ?? 0) - 1e-12);
          expect(score).toBeLessThanOrEqual((hits[0]?.score ?? 1) + 1e-12);
          expect(score).toBeGreaterThanOrEqual(after[at + 1]?.score ?? 0);
        }
      }),
    );
  });

  it("never turns round two hits of which one has both the better score and the better sign", () => {
    fc.assert(
      fc.property(drawn, unit, (all, weight) => {
        const after = addEvidence(hitsOfDrawn(all), weight, ({ chunk }) => all[Number(chunk.chunkId)]?.sign ?? 0);
        const place = (at: number) => after.findIndex(({ chunk }) => chunk.chunkId === String(at));
        const scoreAt = (at: number) => after[place(at)]?.score ?? 0;
        for (const [at, each] of all.entries()) {
          for (const [other, worse] of all.entries()) {
            if (each.score >= worse.score && each.sign >= worse.sign) {
              expect(scoreAt(at)).toBeGreaterThanOrEqual(scoreAt(other) - 1e-9);
            }
          }
        }
      }),
    );
  });

  it("leaves hits of which there is no sign their scores, and takes the others' range from the others", () => {
    const hits = hitsOfDrawn([{ score: 0.9 }, { score: 0.6 }, { score: 0.5 }, { score: 0.1 }]);
    const signs = [null, 0, 1, null];
    const after = addEvidence(hits, 1, ({ chunk }) => signs[Number(chunk.chunkId)] ?? null);
    expect(after.map(({ chunk, score }) => [chunk.chunkId, Number(score.toFixed(3))])).toEqual([
      ["0", 0.9],
      ["1", 0.55],
      ["2", 0.55],
      ["3", 0.1],
    ]);
  });

  it("changes nothing where the sign tells nothing, and without weight", () => {
    const hits = hitsOfDrawn([{ score: 0.9 }, { score: 0.1 }]);
    expect(addEvidence(hits, 0.5, () => 7)).toBe(hits);
    expect(addEvidence(hits, 0, ({ score }) => -score)).toBe(hits);
  });
});
