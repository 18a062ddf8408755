import { readFile } from "node:fs/promises";
import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";

const keysSchema = z.record(z.string().min(1), z.string().min(1));

/** Reads a JSON object of logins to API keys. Keys stay out of every message. @throws GroundworkError `configuration` */
export async function readKeys(path: string): Promise<ReadonlyMap<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, "utf8"));
  } catch {
    throw new GroundworkError("configuration", `${path} cannot be read, or is not JSON.`);
  }
  const keys = keysSchema.safeParse(parsed);
  if (!keys.success || Object.keys(keys.data).length === 0) {
    throw new GroundworkError("configuration", `${path} must hold an object of logins to API keys.`);
  }
  return new Map(Object.entries(keys.data).sort(([left], [right]) => (left < right ? -1 : 1)));
}
