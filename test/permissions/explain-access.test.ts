import { describe, expect, it } from "vitest";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { type AccessExplanation, explainAccess } from "../../permissions/explain-access.ts";
import type { ExplainedStep } from "../../permissions/explained-step.ts";
import type { PolicySnapshot, RecordRule } from "../../permissions/policy-snapshot.ts";
import type { IsoDay } from "../../permissions/utc-day.ts";
import { describe as describeModel, GROUPS, inventedPolicy } from "./invented-policy.ts";

const DAY = "2026-11-20" as IsoDay;

const rule = (id: number, domain: string, groupIds: readonly number[] = [], model = "order"): RecordRule => ({
  id,
  name: `rule ${id}`,
  model,
  groupIds,
  domain,
});

function explain(
  policy: PolicySnapshot,
  login: string,
  attributes: AccessAttributes,
  companyIds?: readonly number[],
): AccessExplanation {
  const parts = [{ part: "main", attributes }];
  return explainAccess({ login, parts, day: DAY, ...(companyIds === undefined ? {} : { companyIds }) }, policy);
}

const mark = (holds: ExplainedStep["holds"]) => (holds === null ? " " : holds === true ? "+" : holds ? "?" : "-");

/** Every sentence, indented by depth, after `+`, `-`, `?` or nothing. */
function told({ user, parts }: AccessExplanation): string {
  const lines = (steps: readonly ExplainedStep[], depth: number): string[] =>
    steps.flatMap((one) => [`${"  ".repeat(depth)}${mark(one.holds)} ${one.sentence}`, ...lines(one.steps, depth + 1)]);
  return [
    ...lines(user, 0),
    ...parts.flatMap(({ steps, verdicts }) => [
      ...lines(steps, 0),
      ...lines(
        verdicts.flatMap(({ groups }) => groups ?? []),
        0,
      ),
    ]),
  ].join("\n");
}

const verdict = (explanation: AccessExplanation) => explanation.parts[0]?.verdicts[0];

const order = { model: ["order"], requires: [], company_id: [1], user_id: [10], level: [0] };

describe("the explanation of a record", () => {
  const policy = inventedPolicy({
    modelAccess: [{ model: "order", groupId: GROUPS.user }],
    recordRules: [
      rule(1, "[('company_id', 'in', company_ids + [False])]"),
      rule(2, "[('user_id', '=', user.id)]", [GROUPS.buyer]),
      rule(3, "[(1, '=', 1)]", [GROUPS.manager]),
    ],
  });

  it("names the right, every rule that counts with what it saw, and those that do not apply", () => {
    const text = told(explain(policy, "bo", { ...order, user_id: [11] }));
    expect(text).toContain("+ Bo (bo, id 10) is an active user of Main (1).");
    expect(text).toContain("+ The right to read order comes through Internal (base.group_user).");
    expect(text).toContain("+ Rule “rule 1” (1) on order, for everybody, holds: company_id is Main (1).");
    expect(text).toContain("    [('company_id', 'in', company_ids + [False])]");
    expect(text).toContain("- The one rule of the user's groups must hold; it does not.");
    expect(text).toContain("- Rule “rule 2” (2) on order, for Buyer (purchase.buyer), does not hold: user_id is 11.");
    expect(text).toContain("Rule “rule 3” (3) on order does not apply: it is for Manager (purchase.manager).");
    expect(verdict(explain(policy, "bo", { ...order, user_id: [11] }))).toMatchObject({
      readable: false,
      agrees: true,
    });
    expect(verdict(explain(policy, "mia", { ...order, user_id: [10] }))).toMatchObject({
      readable: true,
      agrees: true,
    });
  });

  it("tells who has the right that the reader lacks", () => {
    expect(told(explain(policy, "vera", order))).toContain(
      "- The user has no right to read order: that is for Internal (base.group_user).",
    );
    expect(told(explain(inventedPolicy({ modelAccess: [] }), "mia", order))).toContain(
      "- No access right opens order to anybody.",
    );
  });

  it("names a rule that cannot be planned, with the reason, and refuses the model for it", () => {
    const unplanned = rule(4, "[('user_id', '=', uid)]", [GROUPS.buyer]);
    const refusing = inventedPolicy({ recordRules: [unplanned, rule(5, "[('level', '=', 0)]", [GROUPS.user])] });
    const text = told(explain(refusing, "bo", order));
    expect(text).toMatch(/\? Rule “rule 4” \(4\) on order, for Buyer \(purchase\.buyer\), cannot be planned: .+uid/);
    expect(text).toContain("none of them opens all of order, so nothing of it is shown.");
    expect(text).toContain("+ Rule “rule 5” (5)");
    expect(verdict(explain(refusing, "bo", order))).toMatchObject({ readable: false, agrees: true });
  });

  it("says which attribute is not known, and that this opens nothing", () => {
    const { user_id: _, ...lacking } = order;
    const explanation = explain(policy, "bo", lacking);
    expect(told(explanation)).toContain("cannot be told to hold: user_id is not known.");
    expect(verdict(explanation)).toMatchObject({ readable: false, agrees: true });
  });

  it("follows an _inherits parent", () => {
    const variant = { ...describeModel("variant", { order_id: ">order" }), inherits: { order: "order_id" } };
    const inheriting = inventedPolicy({
      models: { ...inventedPolicy().models, variant },
      modelAccess: [{ model: "variant", groupId: null }],
      ingestedModels: ["variant"],
      recordRules: [rule(1, "[('company_id', '=', 1)]")],
    });
    const attributes = { model: ["variant"], requires: [], order_id: [4], "order_id.company_id": [2] };
    const text = told(explain(inheriting, "bo", attributes));
    expect(text).toContain("- variant also obeys the rules of order on its order_id, which do not let it through.");
    expect(text).toContain("  - Rule “rule 1” (1) on order, for everybody, does not hold: company_id is Other (2).");
  });

  it("tells which groups a field needs, part by part, and the record's findings once", () => {
    const parts = [
      { part: "main", attributes: order },
      { part: "cost", attributes: { ...order, requires: [GROUPS.manager, GROUPS.system] } },
    ];
    const explanation = explainAccess({ login: "bo", parts, day: DAY }, policy);
    expect(explanation.parts).toHaveLength(1);
    expect(explanation.parts[0]?.verdicts).toMatchObject([
      { part: "main", readable: true, agrees: true, groups: { holds: true } },
      { part: "cost", readable: false, agrees: true, groups: { holds: false } },
    ]);
    expect(told(explanation)).toContain(
      "- The fields of part “cost” need one of Manager (purchase.manager) and Settings (base.group_system), and the user is in none of these.",
    );
  });

  it("says who is no user, archived, or asks for companies that are not the user's", () => {
    expect(told(explain(policy, "nobody", order))).toContain("- Odoo has no user with the login nobody.");
    expect(told(explain(policy, "gone", order))).toContain("Gone (gone) is archived in Odoo");
    expect(told(explain(policy, "bo", order, [1, 2]))).toContain("names Other (2), of which the user is not");
    for (const [login, companies] of [["nobody"], ["gone"], ["bo", [2]], ["bo", []]] as const) {
      expect(verdict(explain(policy, login, order, companies)), login).toMatchObject({ readable: false, agrees: true });
    }
  });

  it("refuses a model that Odoo decides in code, or that the policy does not cover, by name", () => {
    const text = told(explain({ ...policy, ingestedModels: ["mail.activity"] }, "bo", { model: ["mail.activity"] }));
    expect(text).toContain("- All of mail.activity is refused. Odoo decides in code");
    expect(told(explain(policy, "bo", { model: ["invoice"] }))).toContain("- The policy does not cover invoice");
  });
});

describe("the explanation of messages and attachments", () => {
  const policy = inventedPolicy({
    modelAccess: ["order", "mail.message", "ir.attachment"].map((model) => ({ model, groupId: null })),
    ingestedModels: ["order", "mail.message", "ir.attachment"],
    models: {
      ...inventedPolicy().models,
      "mail.message": describeModel("mail.message", {}),
      "ir.attachment": describeModel("ir.attachment", {}),
    },
    recordRules: [rule(1, "[('company_id', 'in', company_ids)]")],
  });
  const message = {
    model: ["mail.message"],
    requires: [],
    author_id: [101],
    partner_ids: [],
    notified_partner_ids: [],
    message_type: ["comment"],
    is_internal: [false],
    subtype_id: [1],
    "record.model": ["order"],
    "record.company_id": [2],
  };

  it("tell every way there is, and follow the record behind", () => {
    const text = told(explain(policy, "bo", message));
    expect(text).toContain("- There must be a way to the message; there is none.");
    expect(text).toContain("  - The user did not write the message (author_id is 101).");
    expect(text).toContain("  - The record that the message hangs on does not open it.");
    expect(text).toContain("    - Rule “rule 1” (1) on order, for everybody, does not hold: company_id is Other (2).");
    expect(verdict(explain(policy, "mia", message))).toMatchObject({ readable: true, agrees: true });
  });

  it("follow a file on a message to the record that the message hangs on", () => {
    const behind = Object.fromEntries(Object.entries(message).map(([name, values]) => [`record.${name}`, values]));
    const attachment = {
      ...behind,
      model: ["ir.attachment"],
      requires: [],
      res_field: [],
      public: [false],
      res_id: [5],
      create_uid: [99],
      res_model: ["mail.message"],
    };
    const text = told(explain(policy, "bo", attachment));
    expect(text).toContain("- The attachment is not public (public is false).");
    expect(text).toContain("        - Rule “rule 1” (1) on order");
    expect(verdict(explain(policy, "bo", attachment))).toMatchObject({ readable: false, agrees: true });
    expect(verdict(explain(policy, "mia", attachment))).toMatchObject({ readable: true, agrees: true });
  });
});

describe("the explanation of a file", () => {
  const policy = inventedPolicy();
  const file = { model: ["file"], readers: ["group:purchase.manager"], companies: [], from: [], until: [] };
  const tell = (changes: AccessAttributes, login = "bo") => told(explain(policy, login, { ...file, ...changes }));

  it("states who may read it and what is missing", () => {
    expect(tell({})).toContain(
      "- The file is open to the group Manager (purchase.manager), and the user is none of these.",
    );
    expect(tell({}, "mia")).toContain("the user comes in through the group Manager (purchase.manager).");
    expect(tell({ readers: ["user:bo", "group:gone.away"] })).toContain(
      "+ The file is open to the user bo and gone.away, which the policy does not have; the user comes in through the user bo.",
    );
    expect(tell({ readers: [] })).toContain("- The file states no access, so nobody may read it.");
    expect(tell({ readers: ["public"] })).toContain("+ The file is public");
    expect(tell({ companies: ["base.other"] })).toContain(
      "- The file is for Other (base.other), and none of the active companies is among them.",
    );
    expect(tell({ until: ["2026-11-19"] })).toContain("- The file is open until 2026-11-19; the day is 2026-11-20.");
    const { from: _, ...older } = file;
    expect(told(explain(policy, "bo", older))).toContain("? The file does not say from when on it is open");
  });
});
