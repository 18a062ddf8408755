import type { OdooRecord } from "./port.ts";

/** All records of all pages. */
export async function collectRecords(pages: AsyncIterable<readonly OdooRecord[]>): Promise<readonly OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of pages) records.push(...page);
  return records;
}
