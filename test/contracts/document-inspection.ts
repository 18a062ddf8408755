import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { EVERYTHING } from "../support/filter.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { fact, NO_VECTORS, testDocument, writeEmbedded } from "../support/test-document.ts";

const hidden = { model: ["purchase.order"], company_id: [] };

/** The administrator's view of what decides access. `opened` gives an empty corpus in each test. */
export function documentInspectionContract(opened: () => TestDatabase): void {
  const ids = async (reference: string, limit = 10) =>
    (await opened().database.inspection.named(reference, limit)).map(({ documentId }) => documentId);

  describe("inspection", () => {
    it("shows the attributes and hashes of all parts, and never text or facts", async () => {
      const secret = "a secret café 𝄞 \u0000";
      await writeEmbedded(
        opened().database,
        testDocument("a", [
          { chunks: [secret], access: hidden, facts: [fact("note", "a secret fact")] },
          { key: "cost", chunks: ["more"], access: { ...hidden, requires: [7] } },
        ]),
        NO_VECTORS,
      );
      const [document] = await opened().database.inspection.byId(["a"]);
      expect(document).toMatchObject({ documentId: "a", source: "odoo:test", key: "a", model: "purchase.order" });
      expect(document?.parts.map(({ part, attributes }) => ({ part, attributes }))).toEqual([
        { part: "cost", attributes: { ...hidden, requires: [7] } },
        { part: "main", attributes: hidden },
      ]);
      expect(JSON.stringify(document)).not.toContain("secret");
      const stored = secret.replace("\u0000", "\uFFFD");
      const main = document?.parts[1];
      expect(main?.textHash).toBe(createHash("sha256").update(stored).digest("hex"));
      const [read] = await opened().database.readable.parts({ documentIds: ["a"], limit: 1 }, EVERYTHING);
      expect(read?.recheck).toMatchObject({ attributes: { ...hidden, requires: [7] } });
      const [chunk] = await opened().database.readable.chunks(["a/main/0"], EVERYTHING);
      expect(chunk?.recheck).toMatchObject({ attributes: hidden, textHash: main?.textHash });
    });

    it("gives documents in the order of the ids and leaves unknown ones out", async () => {
      for (const id of ["a", "b"]) {
        await writeEmbedded(opened().database, testDocument(id, [{ chunks: [id], access: hidden }]), NO_VECTORS);
      }
      const found = await opened().database.inspection.byId(["b", "none", "a", "b"]);
      expect(found.map(({ documentId }) => documentId)).toEqual(["b", "a"]);
      expect(await opened().database.inspection.byId([])).toEqual([]);
    });

    it("finds by key, end of a path, name or number, title and reference, the most certain first", async () => {
      const line = { ...fact("name", "P00099"), line: { model: "purchase.order.line", id: 5 } };
      const facts = [fact("name", "P00012"), fact("partner_ref", "VOL-Q-7781"), fact("state", "draft"), line];
      await writeEmbedded(
        opened().database,
        testDocument("order", [{ chunks: ["x"], access: hidden, facts }], {
          key: "purchase.order/12",
          title: "An Order",
        }),
        NO_VECTORS,
      );
      await writeEmbedded(
        opened().database,
        testDocument("file", [{ chunks: ["x"], access: { model: ["file"] } }], {
          key: "policies/fin.md",
          model: "file",
          title: "P00012",
          metadata: { reference: "FIN-1" },
        }),
        NO_VECTORS,
      );
      expect(await ids("purchase.order/12")).toEqual(["order"]);
      expect(await ids("order")).toEqual(["order"]);
      expect(await ids("fin.md")).toEqual(["file"]);
      expect(await ids("p00012")).toEqual(["order"]);
      expect(await ids(" VOL-Q-7781 ")).toEqual(["order"]);
      expect(await ids("an order")).toEqual(["order"]);
      expect(await ids("fin-1")).toEqual(["file"]);
      for (const other of ["P00099", "draft", "", "%", "12", "\u0000", "' or true --"])
        expect(await ids(other), other).toEqual([]);
    });

    it("names several that go by one name, up to the limit", async () => {
      for (const id of ["c", "a", "b"]) {
        await writeEmbedded(
          opened().database,
          testDocument(id, [{ chunks: [id], access: hidden }], { title: "Twin" }),
          NO_VECTORS,
        );
      }
      expect(await ids("twin", 2)).toEqual(["a", "b"]);
    });
  });
}
