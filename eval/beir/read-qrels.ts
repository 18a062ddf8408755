import { existsSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../infra/errors.ts";
import { plainOrPacked, readLines } from "./read-lines.ts";

/** Query id to document id to grade; only what is relevant, so above 0. */
export type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Where BEIR folders keep their judgements, best first. */
const USUAL_NAMES = ["qrels.tsv", "qrels/test.tsv"];

/**
 * Judgements of a BEIR folder: query, document and grade between tabs, under a line of column names. `name` is a path within the folder;
 * by default the usual ones. Null when the folder has none. Throws `unreadable-file` for a broken line, and for a named file that is missing.
 */
export async function readJudgements(folder: string, name?: string): Promise<Judgements | null> {
  const path = name === undefined ? usualPath(folder) : plainOrPacked(join(folder, name));
  if (path === null) return null;
  const judgements = new Map<string, Map<string, number>>();
  for await (const { number, text } of readLines(path)) {
    const [query = "", document = "", written = "", ...others] = text.replace(/\r$/, "").split("\t");
    const grade = Number(written);
    if (number === 1 && !Number.isFinite(grade)) continue;
    if (others.length > 0 || query === "" || document === "" || written.trim() === "" || !Number.isInteger(grade)) {
      throw new GroundworkError(
        "unreadable-file",
        `${path}, line ${number}: it should hold query, document and a whole number, with tabs between them.`,
      );
    }
    if (grade <= 0) continue;
    const judged = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, judged.set(document, grade));
  }
  return judgements;
}

function usualPath(folder: string): string | null {
  for (const name of USUAL_NAMES) {
    for (const path of [join(folder, name), join(folder, `${name}.gz`)]) if (existsSync(path)) return path;
  }
  return null;
}
