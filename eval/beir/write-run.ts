import { open } from "node:fs/promises";
import { GroundworkError } from "../../infra/errors.ts";
import type { RankedDocument } from "./score-run.ts";

const TAG = "groundwork";

/** A TREC run in the making; `await using` closes it. */
export interface RunWriter extends AsyncDisposable {
  write(query: string, ranking: readonly RankedDocument[]): Promise<void>;
}

/** Begins a run: query, `Q0`, document, rank from 1, score and tag, between tabs. Throws `configuration` when the file cannot be made. */
export async function openRun(path: string): Promise<RunWriter> {
  const file = await open(path, "w").catch((cause: unknown) => {
    throw new GroundworkError("configuration", `${path} cannot be written: its folder must exist and be writable.`, {
      cause,
    });
  });
  return {
    async write(query, ranking) {
      const lines = ranking.map(({ id, score }, at) => `${[query, "Q0", id, at + 1, score, TAG].join("\t")}\n`);
      await file.appendFile(lines.join(""));
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
