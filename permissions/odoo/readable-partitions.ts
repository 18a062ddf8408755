import type { GroupPolicy, ModelDescription, PolicySnapshot } from "../policy-snapshot.ts";
import { partitionFields, requiredGroups } from "./field-groups.ts";
import { publicTwin } from "./public-twin.ts";

/** Fields that the same readers see, with the groups of which a reader needs one; `[]`: everybody who sees the record. */
export interface ReadablePartition {
  readonly key: string;
  readonly requires: readonly number[];
  readonly fields: readonly string[];
}

type FieldPolicy = Pick<PolicySnapshot, "groups" | "models" | "modelAccess">;

const EMPLOYEES = "base.group_user";

/** Models of which Odoo, in code, shows readers from outside these fields only, as far as we know; seen with Odoo 19. */
const OUTSIDE_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "project.task",
    new Set([
      "active",
      "allow_billable",
      "allow_milestones",
      "allow_recurring_tasks",
      "allow_task_dependencies",
      "child_ids",
      "closed_subtask_count",
      "color",
      "company_id",
      "create_date",
      "current_user_same_company_partner",
      "date_assign",
      "date_deadline",
      "date_last_stage_update",
      "depend_on_count",
      "depend_on_ids",
      "dependent_ids",
      "dependent_tasks_count",
      "description",
      "display_follow_button",
      "display_in_project",
      "display_name",
      "display_parent_task_button",
      "display_sale_order_button",
      "displayed_image_id",
      "duration_tracking",
      "email_from",
      "has_late_and_unreached_milestone",
      "has_project_template",
      "has_template_ancestor",
      "id",
      "is_closed",
      "is_template",
      "message_is_follower",
      "milestone_id",
      "name",
      "parent_id",
      "partner_id",
      "portal_user_names",
      "priority",
      "project_id",
      "recurrence_id",
      "recurring_count",
      "recurring_task",
      "repeat_interval",
      "repeat_type",
      "repeat_unit",
      "repeat_until",
      "sale_line_id",
      "sale_order_id",
      "sequence",
      "stage_id",
      "stage_id_color",
      "state",
      "subtask_count",
      "tag_ids",
      "user_ids",
      "write_date",
    ]),
  ],
]);

/**
 * Parts the fields of a record by who may see them; those that nobody may see, or of which that cannot be said exactly, are left out.
 * Of a model with a public twin, what the twin lacks is for those alone who have a right to the model itself; of a model that shows
 * readers from outside less, the rest is for employees.
 */
export function readablePartitions(
  description: ModelDescription,
  fields: readonly string[],
  policy: FieldPolicy,
): readonly ReadablePartition[] {
  const inner = innerCircle(description.model, policy);
  return partitionFields(description, fields).flatMap(({ expression, fields: members }) => {
    const required = requiredGroups(expression, policy);
    if (required === "nobody") return [];
    const key = expression === "" ? "main" : expression;
    const open = members.filter((field) => inner?.seesAlone(field) !== true);
    const closed = members.filter((field) => inner?.seesAlone(field) === true);
    const entitled = bothOf(required, inner?.groupIds ?? [], policy.groups);
    return [
      ...(open.length === 0 ? [] : [{ key, requires: required, fields: open }]),
      ...(closed.length === 0 || entitled.length === 0
        ? []
        : [{ key: open.length === 0 ? key : `${key} inner`, requires: entitled, fields: closed }]),
    ];
  });
}

/** Those who see more of a model than its other readers; `undefined` where all readers are alike. */
interface InnerCircle {
  readonly groupIds: readonly number[];
  seesAlone(field: string): boolean;
}

function innerCircle(model: string, { groups, models, modelAccess }: FieldPolicy): InnerCircle | undefined {
  const twin = publicTwin(model, { models });
  const rows = modelAccess.filter((row) => row.model === model);
  if (twin !== undefined && rows.every((row) => row.groupId !== null)) {
    const shown = models[twin]?.fields ?? {};
    const isPublic = (field: string) => Object.hasOwn(shown, field) && shown[field]?.groups === undefined;
    return { groupIds: rows.flatMap((row) => row.groupId ?? []), seesAlone: (field) => !isPublic(field) };
  }
  const outside = OUTSIDE_FIELDS.get(model);
  if (outside === undefined) return undefined;
  const groupIds = groups.filter((group) => group.name === EMPLOYEES).map((group) => group.id);
  return { groupIds, seesAlone: (field) => !outside.has(field) };
}

/** The groups whose members are in one of `required`, if any are, and in one of `entitled` as well. */
function bothOf(
  required: readonly number[],
  entitled: readonly number[],
  groups: readonly GroupPolicy[],
): readonly number[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const ids = [
    ...(required.length === 0 ? entitled : []),
    ...required.filter((id) => implies(id, new Set(entitled), byId)),
    ...entitled.filter((id) => implies(id, new Set(required), byId)),
  ];
  return [...new Set(ids)].sort((left, right) => left - right);
}

function implies(
  id: number,
  wanted: ReadonlySet<number>,
  byId: ReadonlyMap<number, GroupPolicy>,
  seen = new Set<number>(),
): boolean {
  if (wanted.has(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (byId.get(id)?.impliedIds ?? []).some((implied) => implies(implied, wanted, byId, seen));
}
