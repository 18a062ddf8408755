import { GroundworkError } from "../errors.ts";
import type { OdooClient } from "./odoo-client.ts";
import type { OdooRecord } from "./port.ts";
import { isRefused } from "./unless-refused.ts";

export type Condition = readonly [string, string, unknown];

/** Archived records too, in English, whatever the account's preferences. */
export const CONTEXT = { active_test: false, lang: "en_US", tz: "UTC" };

/** Refusals within one window after which the fault is taken to lie in the question and not in single records. */
const MOST_REFUSALS = 40;

/**
 * The records that the domain finds, by ascending id. Odoo refuses a whole answer for one record that its search finds and its reading
 * does not open (it decides the same rule in two ways): such a record is left out, as if the account did not see it. Where that does not
 * help, the refusal stands.
 */
export async function readWindow(
  client: OdooClient,
  model: string,
  fields: readonly string[],
  domain: readonly Condition[],
  signal: AbortSignal,
): Promise<readonly OdooRecord[]> {
  try {
    return await readPage(client, model, fields, domain, signal);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const ids = await readIds(client, model, domain, signal);
    const refusals = { left: MOST_REFUSALS, error };
    const readable = ids.length < 2 ? [] : await readHalves(client, model, fields, ids, refusals, signal);
    if (readable.length === 0) throw error;
    return readable;
  }
}

async function readHalves(
  client: OdooClient,
  model: string,
  fields: readonly string[],
  ids: readonly number[],
  refusals: { left: number; readonly error: unknown },
  signal: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const found: OdooRecord[] = [];
  const middle = Math.ceil(ids.length / 2);
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    try {
      found.push(...(await readPage(client, model, fields, [["id", "in", half]], signal)));
    } catch (error) {
      if (!isRefused(error)) throw error;
      refusals.left -= 1;
      if (refusals.left < 0) throw refusals.error;
      if (half.length > 1) found.push(...(await readHalves(client, model, fields, half, refusals, signal)));
    }
  }
  return found;
}

async function readPage(
  client: OdooClient,
  model: string,
  fields: readonly string[],
  domain: readonly Condition[],
  signal: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const answer = await client.call(model, "search_read", { domain, fields, order: "id", context: CONTEXT }, signal);
  if (Array.isArray(answer) && answer.every(isRecord)) return answer;
  throw new GroundworkError("odoo-answer", `Odoo answered ${model}.search_read with something else than records.`);
}

/** The ids that the domain finds, ascending. */
export async function readIds(
  client: OdooClient,
  model: string,
  domain: readonly Condition[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const ids = await client.call(model, "search", { domain, order: "id", context: CONTEXT }, signal);
  if (Array.isArray(ids) && ids.every((id) => typeof id === "number")) return ids;
  throw new GroundworkError("odoo-answer", `Odoo answered ${model}.search without ids.`);
}

export function isRecord(value: unknown): value is OdooRecord {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "number";
}
