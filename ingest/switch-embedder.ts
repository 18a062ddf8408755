import type { Database } from "../infra/db/port.ts";
import type { Embedders } from "../infra/embedders.ts";
import type { Log } from "../infra/log.ts";

export interface SwitchTools {
  readonly database: Pick<Database, "vectorSpaces" | "maintain">;
  readonly embedders: Pick<Embedders, "configured">;
  readonly log: Log;
}

/**
 * Has searches go by the vectors of the configured embedder as soon as it has embedded all that the former one had, in one step; until then
 * they go by the former's. Returns whether there is nothing left to do. Errors: `database`.
 */
export async function switchEmbedder({ database, embedders, log }: SwitchTools): Promise<boolean> {
  const { vectorSpaces } = database;
  const { space } = embedders.configured;
  const searched = await vectorSpaces.searched();
  if (searched?.id === space.id) return true;
  if (!(await vectorSpaces.isReady(space))) return false;
  // Its graph first, or else the first searches would compare vector by vector.
  await database.maintain();
  if (!(await vectorSpaces.search(space))) return false;
  log.info({ embedder: space.embedder, before: searched?.embedder }, "searches go by another embedder from now on");
  return true;
}
