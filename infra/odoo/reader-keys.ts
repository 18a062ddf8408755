import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { GroundworkError } from "../errors.ts";

const keysSchema = z.record(z.string().min(1), z.string().min(1));

/** Permission of everybody on this machine to read a file. */
const WORLD_READABLE = 0o004;

/** People's own Odoo API keys by login, in code-point order of the logins. Secret: no key belongs in a log or a message. */
export type ReaderKeys = ReadonlyMap<string, string>;

/**
 * Reads a JSON object of logins to API keys. `warn` is told when everybody on this machine may read the file. Keys stay out of every message.
 * @throws GroundworkError `configuration`
 */
export async function readReaderKeys(path: string, warn: (message: string) => void = () => {}): Promise<ReaderKeys> {
  let parsed: unknown;
  try {
    const { mode } = await stat(path);
    if ((mode & WORLD_READABLE) !== 0) {
      warn(`${path} holds keys and can be read by everybody on this machine: chmod 600 it.`);
    }
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
