import type { AccessAttributes } from "./access-attributes.ts";
import type { AccessFilter } from "./access-filter.ts";
import type { Principal } from "./principal.ts";

/** One part that was shown, as it came through the recheck. */
export interface ProvenSource {
  readonly documentId: string;
  readonly part: string;
  /** SHA-256 of the part's whole text, hexadecimal: another text, another hash. */
  readonly textHash: string;
  /** Position in `attributes`. */
  readonly access: number;
  readonly recheck: {
    readonly result: "readable";
    /** ISO instant. */
    readonly at: string;
  };
}

/**
 * Why a reader was shown what an answer shows: everything the decision was made from, so that `replayProof` can make it again under the
 * policy of `epoch`. Plain JSON; ids and access attributes only, never text of a document.
 */
export interface AccessProof {
  readonly principal: { readonly login: string; readonly userId: number };
  /** Ids of the groups, implied ones included, in ascending order. */
  readonly groups: readonly number[];
  /** Ids of the active companies, in ascending order. */
  readonly companies: readonly number[];
  readonly currentCompany: number;
  /** Whether the request named its companies. */
  readonly namesCompanies: boolean;
  readonly epoch: string;
  /** The day (UTC) for which the filter was planned. */
  readonly day: string;
  readonly filterHash: string;
  /** The distinct sets of access attributes that the recheck evaluated. */
  readonly attributes: readonly AccessAttributes[];
  readonly sources: readonly ProvenSource[];
}

/** A part that the recheck let through. */
export interface RecheckedSource {
  readonly documentId: string;
  readonly part: string;
  readonly textHash: string;
  readonly attributes: AccessAttributes;
  readonly at: string;
}

/** The proof of what was shown. The same part, of the same text and attributes, is named once. */
export function proveAccess(
  principal: Principal,
  filter: AccessFilter,
  shown: readonly RecheckedSource[],
): AccessProof {
  const sets = new Map<string, { readonly position: number; readonly attributes: AccessAttributes }>();
  const sources = new Map<string, ProvenSource>();
  for (const { documentId, part, textHash, attributes, at } of shown) {
    const text = JSON.stringify(attributes);
    const set = sets.get(text) ?? { position: sets.size, attributes };
    sets.set(text, set);
    const key = JSON.stringify([documentId, part, textHash, set.position]);
    if (sources.has(key)) continue;
    sources.set(key, { documentId, part, textHash, access: set.position, recheck: { result: "readable", at } });
  }
  return {
    principal: { login: principal.login, userId: principal.userId },
    groups: principal.groupIds,
    companies: principal.companyIds,
    currentCompany: principal.currentCompanyId,
    namesCompanies: principal.namesCompanies === true,
    epoch: filter.epoch,
    day: filter.day,
    filterHash: filter.hash,
    attributes: [...sets.values()].map((set) => set.attributes),
    sources: [...sources.values()],
  };
}
