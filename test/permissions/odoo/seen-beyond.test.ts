import { describe, expect, it } from "vitest";
import { type Someone, seenBeyond } from "../../../permissions/odoo/seen-beyond.ts";
import type { AccessRows } from "../../../permissions/odoo/sees-as-much.ts";
import type { RecordRule } from "../../../permissions/policy-snapshot.ts";

const USER = 1;
const SYSTEM = 2;

function someone(userId: number, ...groups: readonly number[]): Someone {
  const names = new Map([
    [USER, "base.group_user"],
    [SYSTEM, "base.group_system"],
  ]);
  const groupNames = groups.flatMap((id) => names.get(id) ?? []);
  return { userId, partnerId: userId + 100, companyIds: [1], groupIds: groups, groupNames };
}

const OWN_TASKS: RecordRule = {
  id: 1,
  name: "own",
  model: "task",
  groupIds: [],
  domain: "[('user_id', '=', user.id)]",
};
const MODELS = ["task", "note", "mail.message", "ir.attachment"];

function rows(recordRules: readonly RecordRule[] = [OWN_TASKS]): AccessRows {
  return {
    recordRules,
    modelAccess: MODELS.map((model) => ({ model, groupId: null })),
    inherits: new Map(MODELS.map((model) => [model, []])),
  };
}

describe("what somebody sees of messages and files beyond the sync account", () => {
  const [sync, ada] = [someone(2, USER), someone(3, USER)];

  it("of messages is by or to that person, or on documents that the account may not see", () => {
    expect(seenBeyond("mail.message", sync, ada, rows())).toEqual([
      { author_id: [103] },
      { partner_ids: [103] },
      { notified_partner_ids: [103] },
      { model: ["ir.attachment", "mail.message", "task"] },
    ]);
  });

  it("of files is uploaded by that person, or on such documents, messages and users among them", () => {
    expect(seenBeyond("ir.attachment", sync, ada, rows())).toEqual([
      { create_uid: [3] },
      { res_model: ["ir.attachment", "mail.message", "task", "res.users"] },
    ]);
  });

  it("is not told where more decides: rules on the model, administrators, an account from outside or without access", () => {
    const onMessages = { ...OWN_TASKS, model: "mail.message" };
    expect(seenBeyond("mail.message", sync, ada, rows([onMessages]))).toBeNull();
    expect(seenBeyond("ir.attachment", sync, someone(4, USER, SYSTEM), rows())).toBeNull();
    expect(seenBeyond("mail.message", someone(5), ada, rows())).toBeNull();
    expect(seenBeyond("mail.message", sync, ada, { ...rows(), modelAccess: [] })).toBeNull();
    expect(seenBeyond("task", sync, ada, rows())).toBeNull();
  });
});
