import type { Request } from "express";
import type { AuditEntry } from "../infra/db/port.ts";
import { type AccessProof, proveAccess } from "../permissions/access-proof.ts";
import type { Reader } from "../retrieval/reader.ts";
import { identityOf } from "./authenticate.ts";
import type { RecheckLedger, ShownSource } from "./recheck-ledger.ts";
import type { Services } from "./services.ts";

/** What a reader was shown. */
export interface Shown extends Pick<AuditEntry, "action" | "outcome"> {
  readonly sources: readonly ShownSource[];
  /** Of the request: where each source came through the recheck. */
  readonly ledger: RecheckLedger;
}

/**
 * Records what a reader was shown, with the proof of access, and returns the proof. It is awaited before the response ends: what cannot
 * be recorded or proved is not shown.
 */
export async function audit(
  request: Request,
  reader: Reader,
  services: Services,
  { action, outcome, sources, ledger }: Shown,
): Promise<AccessProof> {
  const { login, via } = identityOf(request);
  const proof = proveAccess(reader.principal, reader.filter, ledger.proofOf(sources));
  const entry = {
    at: new Date().toISOString(),
    action,
    login,
    via,
    epoch: reader.filter.epoch,
    filterHash: reader.filter.hash,
    outcome,
    documentIds: [...new Set(sources.map(({ documentId }) => documentId))],
    requestId: requestIdOf(request),
  };
  await services.database.audit.append(entry, proof);
  return proof;
}

/** Records an act that shows no text: a sign-in, a key made or revoked, an administrator's question about access. */
export async function auditAct(
  request: Request,
  services: Services,
  entry: Pick<AuditEntry, "action" | "login" | "via" | "outcome"> & Partial<Pick<AuditEntry, "documentIds">>,
): Promise<void> {
  const policy = await services.database.policies.latest();
  await services.database.audit.append({
    at: new Date().toISOString(),
    epoch: policy?.epoch ?? "",
    filterHash: "",
    requestId: requestIdOf(request),
    documentIds: [],
    ...entry,
  });
}

function requestIdOf(request: Request): string {
  return request.res?.get("x-request-id") ?? "";
}
