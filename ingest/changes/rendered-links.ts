import type { FieldDescription, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { cataloguedEntries } from "../catalogued-entries.ts";
import { type CataloguedLines, type CataloguedModel, cataloguedFields } from "../catalogued-model.ts";

/** A many2one whose record is named in texts, or gives them values. */
export interface RenderedLink {
  /** The model that has the field: of records, or of lines of records. */
  readonly bearer: string;
  readonly field: string;
  /** Where it leads. */
  readonly to: string;
  /** The records that show it; `lines` when they show it in these. */
  readonly shownBy: string;
  readonly lines: CataloguedLines | null;
  /** Whether values of the linked record are shown, and not its name alone. */
  readonly showsValues: boolean;
}

const known = new WeakMap<PolicySnapshot, readonly RenderedLink[]>();

/** The links that are shown, as far as Odoo can search by them. */
export function renderedLinks(policy: PolicySnapshot): readonly RenderedLink[] {
  const links = known.get(policy) ?? cataloguedEntries(policy).flatMap((entry) => linksOf(entry, policy));
  known.set(policy, links);
  return links;
}

function linksOf(entry: CataloguedModel, policy: PolicySnapshot): readonly RenderedLink[] {
  const { model, lines = [] } = entry;
  const own = { bearer: model, shownBy: model, lines: null };
  return [
    ...linksAmong(cataloguedFields(entry), model, policy).map((link) => ({ ...own, ...link })),
    ...lines.flatMap((each) =>
      linksAmong([...each.fields, ...Object.values(each.currencies ?? {})], each.model, policy).map((link) => ({
        bearer: each.model,
        shownBy: model,
        lines: each,
        ...link,
      })),
    ),
  ];
}

function linksAmong(
  shown: readonly string[],
  model: string,
  policy: PolicySnapshot,
): readonly Pick<RenderedLink, "field" | "to" | "showsValues">[] {
  const fields: Readonly<Record<string, FieldDescription>> = policy.models[model]?.fields ?? {};
  const found = new Map<string, Pick<RenderedLink, "field" | "to" | "showsValues">>();
  for (const name of shown) {
    const field = fields[name];
    if (field === undefined) continue;
    const isValue = field.stored === false && field.related !== undefined;
    const link = isValue ? (field.related?.split(".", 1)[0] ?? "") : name;
    const { type, relation, stored } = fields[link] ?? {};
    if (type !== "many2one" || relation === undefined || stored === false) continue;
    found.set(link, { field: link, to: relation, showsValues: isValue || found.get(link)?.showsValues === true });
  }
  return [...found.values()];
}
