import { describe, expect, it } from "vitest";
import { readSyncRights, requireSyncRights, syncRightsSentences } from "../../ingest/check-sync-account.ts";
import type { GroupPolicy } from "../../permissions/policy-snapshot.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { livingOdoo } from "../support/living-odoo.ts";

const group = (id: number, name: string, impliedIds: readonly number[] = []): GroupPolicy => ({
  id,
  name,
  label: name,
  impliedIds,
});
const [ERP, PURCHASE, SYSTEM, OWN] = [1, 2, 3, 4];

function policyOf(groupIds: readonly number[]) {
  const [user] = inventedPolicy().users;
  return inventedPolicy({
    groups: [
      group(ERP, "base.group_erp_manager"),
      group(PURCHASE, "purchase.group_purchase_user"),
      group(SYSTEM, "base.group_system", [ERP]),
      group(OWN, ""),
    ],
    users: user === undefined ? [] : [{ ...user, login: "sync", active: true, groupIds }],
    ingestedModels: ["purchase.order", "sale.order", "not.installed"],
    modelAccess: [
      { model: "purchase.order", groupId: PURCHASE },
      { model: "sale.order", groupId: OWN },
    ],
  });
}

const odoo = livingOdoo({
  "ir.model": [
    { id: 1, model: "purchase.order" },
    { id: 2, model: "sale.order" },
  ],
  "ir.model.access": [
    { id: 1, model_id: [1, "Order"], group_id: [PURCHASE, ""], perm_write: true, active: true },
    { id: 2, model_id: [2, "Sale"], group_id: [OWN, ""], perm_unlink: true, active: true },
    { id: 3, model_id: [2, "Sale"], group_id: [PURCHASE, ""], perm_write: true, active: false },
  ],
  "ir.rule": [],
  "res.groups": [],
  "res.users": [],
  "res.company": [],
});

const rights = (groupIds: readonly number[]) => readSyncRights(odoo, policyOf(groupIds), "sync");

describe("the rights of the sync account", () => {
  it("are as they should be with the groups that are needed, though those write as well", async () => {
    const found = await rights([ERP, PURCHASE, OWN].slice(0, 2));
    expect(found).toMatchObject({ isAdministrator: false, writable: [], unreadable: ["sale.order"] });
    expect(syncRightsSentences(found)).toEqual([
      "The sync account sync may not read sale.order: nothing of that is found.",
    ]);
  });

  it("are told when they reach further than is needed", async () => {
    const found = await rights([ERP, PURCHASE, OWN]);
    expect(found).toMatchObject({ unreadable: [], writable: ["sale.order"] });
    expect(syncRightsSentences(found)).toEqual([expect.stringContaining("may write sale.order")]);
    const [administrator] = syncRightsSentences(await rights([SYSTEM, PURCHASE, OWN]));
    expect(administrator).toContain("is an administrator (base.group_system)");
  });

  it("are refused at the start where they do not show the rules", async () => {
    await expect(requireSyncRights(odoo)).resolves.toBeUndefined();
    await expect(requireSyncRights(livingOdoo({ "res.users": [] }))).rejects.toMatchObject({
      code: "odoo-refused",
      message: expect.stringContaining("ir.rule") as string,
    });
  });
});
