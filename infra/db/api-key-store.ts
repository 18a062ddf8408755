import { createHash, randomBytes, randomUUID } from "node:crypto";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { ApiKeyStore } from "./port.ts";
import { storable } from "./storable.ts";

/** So that a key found in a log or a repository is recognised for what it is. */
const PREFIX = "gw_";
const KEY_BYTES = 32;

export function apiKeyStore({ client }: Connection): ApiKeyStore {
  return {
    create: (login, label) =>
      guarded("database", async () => {
        const key = PREFIX + randomBytes(KEY_BYTES).toString("base64url");
        const id = randomUUID();
        await client`
          insert into api_keys (id, hash, login, label, created_at)
          values (${id}, ${hashOf(key)}, ${storable(login)}, ${storable(label)}, ${new Date().toISOString()})`;
        return { key, id };
      }),
    verify: (key) =>
      guarded("database", async () => {
        const [row] = await client<{ login: string }[]>`
          select login from api_keys where hash = ${hashOf(key)} and revoked_at is null`;
        return row?.login ?? null;
      }),
    list: () =>
      guarded("database", async () => {
        const rows = await client<
          { id: string; login: string; label: string; created_at: string; revoked_at: string | null }[]
        >`
          select id, login, label, created_at, revoked_at from api_keys order by created_at, id`;
        return rows.map((row) => ({
          id: row.id,
          login: row.login,
          label: row.label,
          createdAt: new Date(row.created_at).toISOString(),
          revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at).toISOString(),
        }));
      }),
    revoke: (id) =>
      guarded("database", async () => {
        const rows = await client`
          update api_keys set revoked_at = ${new Date().toISOString()} where id = ${storable(id)} and revoked_at is null returning id`;
        return rows.length > 0;
      }),
  };
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
