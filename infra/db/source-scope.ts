import type { Sql } from "postgres";

import type { SourceScope } from "./port.ts";
import { arrayLiteral } from "./storable.ts";

/** The condition that a row's `key` belongs to an item of the scope. */
export function keysWithin(client: Sql, scope: SourceScope) {
  if (scope === "all") return client`true`;
  if ("keys" in scope) return client`split_part(key, '#', 1) = any(${arrayLiteral(scope.keys)}::text::text[])`;
  const { model, idAfter, idUpTo } = scope;
  // Records' keys are `<model>/<id>`; any other is outside of every window.
  const id = client`case when split_part(split_part(key, '#', 1), '/', 2) ~ '^[0-9]{1,15}$'
    then split_part(split_part(key, '#', 1), '/', 2)::bigint end`;
  return client`split_part(key, '/', 1) = ${model} and ${id} > ${idAfter}::bigint
    and (${idUpTo}::bigint is null or ${id} <= ${idUpTo}::bigint)`;
}
