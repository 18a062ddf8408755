import { type AccessRows, type Viewer, hasAccessRow, seesAsMuch } from "./sees-as-much.ts";

/** A person, with what messages and files know people by. */
export interface Someone extends Viewer {
  readonly userId: number;
  readonly partnerId: number;
  /** External ids of the same groups. */
  readonly groupNames: readonly string[];
}

/** Each stated field has one of these values. */
export type Values = Readonly<Record<string, readonly (string | number)[]>>;

/**
 * Where to look for what `other` sees of messages and files and `viewer` does not: each such record meets at least one of these. Both see a
 * record for its document, unless only one sees that, or for themselves: as author, addressee or uploader. Null where that does not
 * decide everything (rules of somebody's own on the model, administrators), and for other models.
 */
export function seenBeyond(model: string, viewer: Someone, other: Someone, rows: AccessRows): readonly Values[] | null {
  const isPlain = hasAccessRow(model, viewer, rows) && rows.recordRules.every((rule) => rule.model !== model);
  if (!isPlain || !viewer.groupNames.includes("base.group_user")) return null;
  if (model === "mail.message") {
    const partner = [other.partnerId];
    return [
      { author_id: partner },
      { partner_ids: partner },
      { notified_partner_ids: partner },
      { model: seenInPart(viewer, other, rows) },
    ];
  }
  if (model === "ir.attachment" && !other.groupNames.includes("base.group_system")) {
    return [{ create_uid: [other.userId] }, { res_model: [...seenInPart(viewer, other, rows), "res.users"] }];
  }
  return null;
}

function seenInPart(viewer: Viewer, other: Viewer, rows: AccessRows): readonly string[] {
  return [...rows.inherits.keys()].filter((model) => !seesAsMuch(model, viewer, other, rows)).sort();
}
