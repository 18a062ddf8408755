import { describe, expect, it } from "vitest";
import { ingestSource } from "../../ingest/ingest-source.ts";
import { ingestionStatus } from "../../ingest/ingestion-status.ts";
import { openOdooRecords } from "../../ingest/sources/odoo-records.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import { planAccess } from "../../permissions/plan-access.ts";
import type { PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { GROUPS, describe as describeModel, inventedPolicy } from "../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "../support/bag-of-words-embedder.ts";
import { type LivingOdoo, livingOdoo } from "../support/living-odoo.ts";
import { type MemoryDocuments, memoryDocuments } from "../support/memory-documents.ts";
import { plainTextParser } from "../support/plain-text-parser.ts";
import { embeddedAtOnce } from "../support/embedded-at-once.ts";
import { idleWork } from "../support/idle-work.ts";

const ORDER = describeModel("purchase.order", {
  display_name: "char",
  name: "char",
  note: "html",
  company_id: ">res.company",
  picking_type_id: ">stock.picking.type",
});
const CONTACT = describeModel("res.partner", { display_name: "char", name: "char" });
const SOUND = "[('company_id', 'in', company_ids)]";

function policyOf(domain: string, groupIds: readonly number[], epoch: string): PolicySnapshot {
  const invented = inventedPolicy();
  const rule: RecordRule = { id: 1, name: "orders of the company", model: "purchase.order", groupIds, domain };
  return {
    ...invented,
    epoch,
    models: { ...invented.models, "purchase.order": ORDER, "res.partner": CONTACT },
    ingestedModels: ["purchase.order", "res.partner"],
    modelAccess: ["purchase.order", "res.partner"].map((model) => ({ model, groupId: null })),
    recordRules: [rule],
  };
}

function anOdoo(): LivingOdoo {
  const orders = [1, 2].map((id) => ({ id, display_name: `P${id}`, name: `P${id}`, company_id: [id, "Company"] }));
  return livingOdoo({
    "purchase.order": orders,
    "res.partner": [{ id: 7, display_name: "Voltaris", name: "Voltaris" }],
    "ir.attachment": [],
    "hr.employee": [],
  });
}

async function bring(policy: PolicySnapshot, odoo: LivingOdoo, held: MemoryDocuments): Promise<void> {
  const source = await openOdooRecords({ odoo, policy, parser: plainTextParser });
  await ingestSource(
    source,
    embeddedAtOnce({ ingested: held, vectors: held.vectors, embedder: bagOfWordsEmbedder(4) }),
  );
}

function readable(login: string, policy: PolicySnapshot, held: MemoryDocuments): readonly string[] {
  const filter = planAccess(resolvePrincipal(login, policy), policy);
  const parts = [...held.documents.values()].flatMap((document) =>
    document.parts.map(({ access }) => ({ key: document.key, access })),
  );
  return parts.flatMap(({ key, access }) => (evaluateAccess(filter, access) ? [key] : [])).toSorted();
}

function refusedRules(policy: PolicySnapshot) {
  const held = { counts: [], work: idleWork, failures: [], unreadable: [], coverage: null };
  return ingestionStatus({
    ...held,
    policy,
    confirmedAt: null,
    following: "recorded",
    sync: null,
    syncFindings: null,
    now: new Date(),
  }).policy?.refusedRules;
}

const rules = [
  ["that cannot be parsed", "[('company_id', 'in', company_ids)"],
  ["that is a program", "[('company_id', 'in', [c for c in __import__('os').listdir('/')])]"],
  ["that leads to a model that is not there", "[('picking_type_id.code', '=', 'incoming')]"],
  ["over a field that the account may not see", "[('margin', '>', 0)]"],
] as const;

describe("a rule", () => {
  it.each(rules)(
    "%s: nothing of its model is shown, the report names it, and mended everything is there again",
    async (_case, domain) => {
      const [odoo, held] = [anOdoo(), memoryDocuments()];
      const before = policyOf(SOUND, [], "before");
      await bring(before, odoo, held);
      expect(readable("bo", before, held)).toEqual(["purchase.order/1", "res.partner/7"]);
      expect(refusedRules(before)).toEqual([]);

      const broken = policyOf(domain, [], "broken");
      await bring(broken, odoo, held);
      for (const login of ["bo", "mia", "vera"])
        expect(readable(login, broken, held), login).toEqual(["res.partner/7"]);
      expect(refusedRules(broken)).toEqual([
        { rule: "orders of the company", model: "purchase.order", reason: expect.stringMatching(/\w+ \w+/) },
      ]);
      expect(held.documents.has("purchase.order/1"), "what is held stays").toBe(true);

      const mended = policyOf(SOUND, [], "mended");
      await bring(mended, odoo, held);
      expect(readable("bo", mended, held)).toEqual(["purchase.order/1", "res.partner/7"]);
      expect(readable("mia", mended, held)).toEqual(["purchase.order/1", "purchase.order/2", "res.partner/7"]);
    },
  );

  it.each(rules)("%s takes nothing from those whom it does not concern", async (_case, domain) => {
    const [odoo, held] = [anOdoo(), memoryDocuments()];
    const broken = policyOf(domain, [GROUPS.portal], "broken");
    await bring(broken, odoo, held);
    expect(readable("vera", broken, held)).toEqual(["res.partner/7"]);
    expect(readable("mia", broken, held)).toEqual(["purchase.order/1", "purchase.order/2", "res.partner/7"]);
    expect(refusedRules(broken)).toHaveLength(1);
  });
});
