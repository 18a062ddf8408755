import type { AccessProof } from "../../permissions/access-proof.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { AuditEntry, AuditLog } from "./port.ts";
import { storable, storableJson } from "./storable.ts";

interface AuditRow extends Record<string, unknown> {
  readonly at: string;
  readonly action: AuditEntry["action"];
  readonly login: string;
  readonly via: string;
  readonly epoch: string;
  readonly filter_hash: string;
  readonly outcome: string;
  readonly document_ids: readonly string[];
  readonly request_id: string;
}

export function auditLog({ client }: Connection): AuditLog {
  return {
    append: (entry, proof) =>
      guarded("database", async () => {
        await client`
          insert into audit_entries (at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id, proof)
          values (${entry.at}, ${entry.action}, ${storable(entry.login)}, ${entry.via}, ${entry.epoch}, ${entry.filterHash},
            ${storable(entry.outcome)}, ${storableJson(entry.documentIds)}::text::jsonb, ${storable(entry.requestId)},
            ${proof === undefined ? null : storableJson(proof)}::text::json)`;
      }),
    recent: (limit) =>
      guarded("database", async () => {
        const rows = await client<AuditRow[]>`
          select at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id
          from audit_entries order by id desc limit ${limit}`;
        return rows.map(entryOf);
      }),
    ofRequest: (requestId) =>
      guarded("database", async () => {
        const rows = await client<(AuditRow & { readonly proof: AccessProof | null })[]>`
          select at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id, proof
          from audit_entries where request_id = ${storable(requestId)} order by id`;
        return rows.map((row) => ({ entry: entryOf(row), proof: row.proof }));
      }),
  };
}

function entryOf(row: AuditRow): AuditEntry {
  const { at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id } = row;
  return {
    at: new Date(at).toISOString(),
    action,
    login,
    via,
    epoch,
    filterHash: filter_hash,
    outcome,
    documentIds: document_ids,
    requestId: request_id,
  };
}
