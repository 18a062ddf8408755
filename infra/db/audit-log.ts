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
    append: (entry) =>
      guarded("database", async () => {
        await client`
          insert into audit_entries (at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id)
          values (${entry.at}, ${entry.action}, ${storable(entry.login)}, ${entry.via}, ${entry.epoch}, ${entry.filterHash},
            ${storable(entry.outcome)}, ${storableJson(entry.documentIds)}::text::jsonb, ${storable(entry.requestId)})`;
      }),
    recent: (limit) =>
      guarded("database", async () => {
        const rows = await client<AuditRow[]>`
          select at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id
          from audit_entries order by id desc limit ${limit}`;
        return rows.map(({ at, action, login, via, epoch, filter_hash, outcome, document_ids, request_id }) => ({
          at: new Date(at).toISOString(),
          action,
          login,
          via,
          epoch,
          filterHash: filter_hash,
          outcome,
          documentIds: document_ids,
          requestId: request_id,
        }));
      }),
  };
}
