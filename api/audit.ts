import type { Request } from "express";
import type { AuditEntry } from "../infra/db/port.ts";
import type { Reader } from "../retrieval/reader.ts";
import { identityOf } from "./authenticate.ts";
import type { Services } from "./services.ts";

/** Records what a reader was shown. It is awaited before the response ends: what cannot be recorded is not shown. */
export async function audit(
  request: Request,
  reader: Reader,
  services: Services,
  entry: Pick<AuditEntry, "action" | "outcome" | "documentIds">,
): Promise<void> {
  const { login, via } = identityOf(request);
  await services.database.audit.append({
    at: new Date().toISOString(),
    login,
    via,
    epoch: reader.filter.epoch,
    filterHash: reader.filter.hash,
    requestId: request.res?.get("x-request-id") ?? "",
    ...entry,
    documentIds: [...new Set(entry.documentIds)],
  });
}

/** Records an act that shows nothing: a sign-in, a key made or revoked. */
export async function auditAct(
  request: Request,
  services: Services,
  entry: Pick<AuditEntry, "action" | "login" | "via" | "outcome">,
): Promise<void> {
  const policy = await services.database.policies.latest();
  await services.database.audit.append({
    at: new Date().toISOString(),
    epoch: policy?.epoch ?? "",
    filterHash: "",
    requestId: request.res?.get("x-request-id") ?? "",
    documentIds: [],
    ...entry,
  });
}
