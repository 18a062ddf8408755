import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { GroundworkError } from "../../infra/errors.ts";

export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Characters. A longer one is no line of a collection, and would fill the memory. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** The file itself, or the same with `.gz`. Throws `unreadable-file` when there is neither. */
export function plainOrPacked(path: string): string {
  for (const candidate of [path, `${path}.gz`]) if (existsSync(candidate)) return candidate;
  throw new GroundworkError("unreadable-file", `There is neither ${path} nor ${path}.gz.`);
}

/**
 * The lines of a text file that are not blank, read piece by piece; a name that ends in `.gz` is unpacked on the way.
 * Throws `unreadable-file`.
 */
export async function* readLines(path: string): AsyncGenerator<NumberedLine, void> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = "";
  for await (const bytes of contents(path)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) {
      throw new GroundworkError("unreadable-file", `${path}, line ${number + lines.length + 1}: it is too long.`);
    }
    for (const text of lines) {
      number += 1;
      if (text.trim() !== "") yield { number, text };
    }
  }
  const last = rest + decoder.decode();
  if (last.trim() !== "") yield { number: number + 1, text: last };
}

async function* contents(path: string): AsyncGenerator<Uint8Array, void> {
  const file = createReadStream(path);
  try {
    // A fault of either stream ends the iteration with it.
    yield* path.endsWith(".gz") ? pipeline(file, createGunzip(), () => undefined) : file;
  } catch (cause) {
    throw new GroundworkError("unreadable-file", `${path} cannot be read to its end: ${reason(cause)}.`, { cause });
  } finally {
    file.destroy();
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown fault";
}
