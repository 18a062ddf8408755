import { createHash } from "node:crypto";

import type { TransactionSql } from "postgres";

import type { AccessAttributes, AccessScalar } from "../../permissions/access-attributes.ts";
import { GroundworkError } from "../errors.ts";
import { storableJson } from "./storable.ts";

/** One text for all spellings of the same attributes: names and values sorted, values once each. */
export function canonicalAccess(attributes: AccessAttributes): string {
  const entries = Object.entries(attributes)
    .map(([name, values]) => [name, canonicalValues(values)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return storableJson(Object.fromEntries(entries));
}

function canonicalValues(values: readonly AccessScalar[]): AccessScalar[] {
  return [...new Set(values)].sort((left, right) => (typedText(left) < typedText(right) ? -1 : 1));
}

function typedText(value: AccessScalar): string {
  return `${typeof value} ${String(value)}`;
}

/**
 * The ids of these attributes, stored where they are new. Inserted in the order of their hashes, so that concurrent writers wait for
 * each other and never in a circle; locked against `maintain`, which deletes what no part uses.
 */
export async function accessIds(
  transaction: TransactionSql,
  attributes: readonly AccessAttributes[],
): Promise<(attributes: AccessAttributes) => number> {
  const byHash = new Map(attributes.map((each) => [hashOf(each), canonicalAccess(each)]));
  const wanted = JSON.stringify([...byHash].map(([hash, canonical]) => ({ hash, attributes: canonical })));
  const known = () => transaction<{ id: number; hash: string }[]>`
    select id, hash from access_sets
    where hash in (select wanted.hash from jsonb_to_recordset(${wanted}::text::jsonb) as wanted(hash text))
    order by hash for key share`;
  let rows = await known();
  if (rows.length < byHash.size) {
    await transaction`
      insert into access_sets (hash, attributes)
      select hash, attributes::jsonb from jsonb_to_recordset(${wanted}::text::jsonb) as wanted(hash text, attributes text)
      order by hash on conflict (hash) do nothing`;
    rows = await known();
  }
  const ids = new Map(rows.map((row) => [row.hash, row.id]));
  return (each) => {
    const id = ids.get(hashOf(each));
    if (id !== undefined) return id;
    // Maintenance took it between the two statements.
    throw new GroundworkError("database", "The document could not be written just now; try again.", {
      retryable: true,
    });
  };
}

function hashOf(attributes: AccessAttributes): string {
  return createHash("sha256").update(canonicalAccess(attributes)).digest("hex");
}
