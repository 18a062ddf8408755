import { describe, expect, it } from "vitest";
import type { AccessAttributes } from "../../../permissions/access-attributes.ts";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { planAccess } from "../../../permissions/plan-access.ts";
import { prefixAttributes } from "../../../permissions/record-attributes.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "../invented-policy.ts";

const base = inventedPolicy();
const policy = inventedPolicy({
  models: {
    ...base.models,
    "mail.message": describeModel("mail.message", {}),
    "ir.attachment": describeModel("ir.attachment", {}),
  },
  ingestedModels: ["ir.attachment", "mail.message", "order"],
  modelAccess: ["order", "mail.message", "ir.attachment"].map((model) => ({ model, groupId: null })),
  recordRules: [
    { id: 1, name: "own company", model: "order", groupIds: [], domain: "[('company_id', 'in', company_ids)]" },
    {
      id: 2,
      name: "portal",
      model: "order",
      groupIds: [GROUPS.portal],
      domain: "[('partner_id', '=', user.partner_id.id)]",
    },
  ],
});

const mayRead = (login: string, attributes: AccessAttributes): boolean =>
  evaluateAccess(planAccess(resolvePrincipal(login, policy), policy), { requires: [], ...attributes });

const order = (company: number, partner = 102): AccessAttributes => ({
  model: ["order"],
  company_id: [company],
  partner_id: [partner],
});
const message = (changes: AccessAttributes = {}): AccessAttributes => ({
  model: ["mail.message"],
  author_id: [999],
  partner_ids: [],
  notified_partner_ids: [],
  message_type: ["comment"],
  is_internal: [false],
  subtype_id: [1],
  ...changes,
});
const attachment = (changes: AccessAttributes = {}): AccessAttributes => ({
  model: ["ir.attachment"],
  res_model: [],
  res_id: [0],
  res_field: [],
  public: [false],
  create_uid: [11],
  ...changes,
});
const on = (record: AccessAttributes) => prefixAttributes("record.", record);

describe("a message", () => {
  it("is read by those who may read the record that it hangs on", () => {
    expect(mayRead("bo", message(on(order(1))))).toBe(true);
    expect(mayRead("bo", message(on(order(2))))).toBe(false);
    expect(mayRead("bo", message())).toBe(false);
  });

  it("is read by its author and by those whom it reached, whatever it hangs on", () => {
    for (const reached of ["author_id", "partner_ids", "notified_partner_ids"]) {
      expect(mayRead("bo", message({ [reached]: [100], ...on(order(2)) }))).toBe(true);
    }
  });

  it("is not read by way of its record when it notified one user only", () => {
    expect(mayRead("bo", message({ message_type: ["user_notification"], ...on(order(1)) }))).toBe(false);
  });

  it("is kept from portal users when internal, by mark or by subtype", () => {
    const own = on(order(1, 103));
    expect(mayRead("vera", message(own))).toBe(true);
    expect(mayRead("vera", message({ ...own, is_internal: [true] }))).toBe(false);
    expect(mayRead("vera", message({ ...own, subtype_id: [2] }))).toBe(false);
    expect(mayRead("vera", message({ ...own, subtype_id: [] }))).toBe(false);
  });
});

describe("an attachment", () => {
  it("is read by those who may read its record, a message's included", () => {
    expect(mayRead("bo", attachment({ res_id: [5], ...on(order(1)) }))).toBe(true);
    expect(mayRead("bo", attachment({ res_id: [5], ...on(order(2)) }))).toBe(false);
    expect(mayRead("bo", attachment({ res_id: [5], ...on(message(on(order(1)))) }))).toBe(true);
    expect(mayRead("bo", attachment({ res_id: [5], ...on(message(on(order(2)))) }))).toBe(false);
  });

  it("of no record is read by who uploaded it", () => {
    expect(mayRead("mia", attachment())).toBe(true);
    expect(mayRead("bo", attachment())).toBe(false);
  });

  it("that is public is read by all, unless it stands for a field", () => {
    expect(mayRead("vera", attachment({ public: [true] }))).toBe(true);
    expect(mayRead("vera", attachment({ public: [true], res_field: ["image"] }))).toBe(false);
  });

  it("on the reader's own user is read", () => {
    expect(mayRead("bo", attachment({ res_model: ["res.users"], res_id: [10] }))).toBe(true);
    expect(mayRead("bo", attachment({ res_model: ["res.users"], res_id: [11] }))).toBe(false);
  });
});
