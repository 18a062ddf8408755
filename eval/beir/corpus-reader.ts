import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { documentAttributes } from "../../permissions/document-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { openReader, type Reader } from "../../retrieval/reader.ts";

/**
 * The one reader of a corpus, who may read its documents and nothing else, whatever else the database holds: so its term statistics are
 * those of the corpus alone. The policy is made here and never saved, so that nobody can sign in as this reader.
 */
export function corpusReader(login: string): Reader {
  return openReader(login, policyOf(login));
}

/** The access of documents that `corpusReader(login)` alone may read. */
export function corpusAccess(login: string): AccessAttributes {
  return documentAttributes({ users: [login] }, policyOf(login));
}

function policyOf(login: string): PolicySnapshot {
  return {
    epoch: login,
    takenAt: new Date().toISOString(),
    source: login,
    groups: [],
    users: [{ id: 1, login, name: login, active: true, partnerId: 1, groupIds: [], companyId: 1, companyIds: [1] }],
    companies: [{ id: 1, externalId: "", name: login, parentId: null, currency: "EUR" }],
    modelAccess: [],
    recordRules: [],
    models: {},
    ingestedModels: [],
    mirror: {},
  };
}
