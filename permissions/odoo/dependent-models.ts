import type { AccessExpression } from "../access-filter.ts";
import { always, and, anyOf, isUnset, never, not, or, renameAttributes } from "../expression.ts";
import { PermissionError } from "../permission-error.ts";
import type { FieldType, PolicySnapshot } from "../policy-snapshot.ts";
import type { Principal } from "../principal.ts";
import { groupByExpression } from "../group-by-expression.ts";
import { mirrorColumn } from "./mirror.ts";
import { held } from "./planning-memory.ts";

/** Before the attributes of the record that a message or an attachment hangs on. */
export const RECORD_PREFIX = "record.";

/**
 * The models that have no rules of their own but take their access from the record they hang on, decided by Odoo in code, and the
 * attributes that their records bear for it besides those of that record.
 */
export const DEPENDENT_MODELS: ReadonlyMap<string, Readonly<Record<string, FieldType>>> = new Map([
  [
    "mail.message",
    {
      author_id: "many2one",
      partner_ids: "many2many",
      notified_partner_ids: "many2many",
      message_type: "selection",
      is_internal: "boolean",
      subtype_id: "many2one",
    },
  ],
  [
    "ir.attachment",
    { res_model: "char", res_id: "many2one_reference", res_field: "char", public: "boolean", create_uid: "many2one" },
  ],
]);

/** The field of each that names the model of the record that it hangs on; `res_id` is that record's id. */
export const RECORD_MODEL_FIELDS: ReadonlyMap<string, string> = new Map([
  ["mail.message", "model"],
  ["ir.attachment", "res_model"],
]);

/** What the mirror must hold for them. */
export const DEPENDENT_MIRROR: Readonly<Record<string, readonly string[]>> = { "mail.message.subtype": ["internal"] };

/**
 * `mail.message`: who wrote it, to whom it went, who was notified; or whoever may read the record that it hangs on, unless it notified one
 * user only. Readers from outside (portal) see nothing that is internal, by mark or by subtype.
 *
 * @param readable per model that a message may hang on, which of its records are readable
 * @throws PermissionError when the mirror lacks the subtypes
 */
export function planMessages(
  readable: ReadonlyMap<string, AccessExpression>,
  principal: Principal,
  policy: PolicySnapshot,
): AccessExpression {
  const { author, addressed, notified, forAll, outside } = messageWays(principal, policy);
  const reached = or(author, addressed, notified, and(forAll, planRecordBehind(readable)));
  return outside === null ? reached : and(reached, ...outside);
}

/** The ways to a message, one by one. */
export interface MessageWays {
  readonly author: AccessExpression;
  readonly addressed: AccessExpression;
  readonly notified: AccessExpression;
  /** What whoever may read the record behind reads: all but what notified one user. */
  readonly forAll: AccessExpression;
  /** What readers from outside must find in any case; null for employees. */
  readonly outside: readonly [notInternal: AccessExpression, openSubtype: AccessExpression] | null;
}

/** @throws PermissionError when the mirror lacks the subtypes */
export function messageWays(principal: Principal, policy: PolicySnapshot): MessageWays {
  const partner = [partnerOf(principal, policy)];
  return {
    author: anyOf("author_id", partner),
    addressed: anyOf("partner_ids", partner),
    notified: anyOf("notified_partner_ids", partner),
    forAll: not(anyOf("message_type", ["user_notification"])),
    outside: principal.groupNames.includes("base.group_user")
      ? null
      : [anyOf("is_internal", [false]), anyOf("subtype_id", openSubtypes(policy))],
  };
}

function openSubtypes(policy: PolicySnapshot): readonly number[] {
  return mirrorColumn("mail.message.subtype", "internal", policy).idsByValue.get(false) ?? [];
}

/**
 * `ir.attachment`: public ones; those of the record behind them; those of no record for who uploaded them (and for administrators);
 * those on the reader's own user. Attachments that stand for a field (`res_field`) are never shown: a search hides them too.
 *
 * @param readable per model that an attachment may hang on, messages included, which of its records are readable
 */
export function planAttachments(
  readable: ReadonlyMap<string, AccessExpression>,
  principal: Principal,
  policy: Pick<PolicySnapshot, "odooVersion">,
): AccessExpression {
  const { whole, open, unattached, ownUser } = attachmentWays(principal, policy);
  return and(whole, or(open, unattached, ownUser, planRecordBehind(readable)));
}

/** The ways to an attachment, one by one. */
export interface AttachmentWays {
  /** What every attachment must be: a file of its own, not the value of a field. */
  readonly whole: AccessExpression;
  readonly open: AccessExpression;
  readonly unattached: AccessExpression;
  readonly ownUser: AccessExpression;
}

/** Before Odoo 19 readers from outside read no attachment at all, though a search finds some for them. */
export function attachmentWays(
  principal: Principal,
  { odooVersion }: Pick<PolicySnapshot, "odooVersion">,
): AttachmentWays {
  const isOutside = !principal.groupNames.includes("base.group_user");
  const isAdministrator = principal.groupNames.includes("base.group_system");
  return {
    whole: odooVersion !== undefined && isOutside ? never : isUnset("res_field"),
    open: anyOf("public", [true]),
    unattached: and(anyOf("res_id", [0]), isAdministrator ? always : anyOf("create_uid", [principal.userId])),
    ownUser: and(anyOf("res_model", ["res.users"]), anyOf("res_id", [principal.userId])),
  };
}

function planRecordBehind(readable: ReadonlyMap<string, AccessExpression>): AccessExpression {
  const branches = groupByExpression(readable).map(({ models, expression }) =>
    and(anyOf(`${RECORD_PREFIX}model`, models), ofRecordBehind(expression)),
  );
  return branches.length === 0 ? never : or(...branches);
}

const behind = new WeakMap<AccessExpression, AccessExpression>();

function ofRecordBehind(expression: AccessExpression): AccessExpression {
  return held(behind, expression, () => renameAttributes(expression, (name) => `${RECORD_PREFIX}${name}`));
}

function partnerOf(principal: Principal, policy: PolicySnapshot): number {
  const user = policy.users.find((candidate) => candidate.id === principal.userId);
  if (user === undefined) throw new PermissionError("unknown-login", "There is no such user.");
  return user.partnerId;
}
