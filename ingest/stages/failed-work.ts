import type { IngestedDocuments } from "../../infra/db/port.ts";
import { itemKey } from "../../infra/document.ts";
import type { Log } from "../../infra/log.ts";
import type { StageQueues } from "./stage-queues.ts";
import { URGENT, embeddingWork, nameOf, readingWork } from "./work.ts";

/** As a person names a failure. */
export interface FailedItem {
  readonly source: string;
  readonly key: string;
}

interface FailedWorkTools {
  readonly queues: StageQueues;
  readonly ingested: IngestedDocuments;
}

/**
 * Writes down the jobs that failed every time, so that a person sees them and decides. What was ingested before stays, but for records that
 * could not be read again: who may read them now is not known, so they go until they can be read.
 */
export async function recordGivenUp({ queues, ingested, log }: FailedWorkTools & { readonly log: Log }): Promise<void> {
  for (const { queue, id, data, code, reason } of await queues.givenUp()) {
    const reading = queue === "embed" ? null : (readingWork.safeParse(data).data ?? null);
    const named = reading === null ? failedEmbedding(data) : { source: reading.source, key: nameOf(reading.scope) };
    log.error({ queue, job: id, code, ...named }, "job given up");
    // No work of ours.
    if (named === null) continue;
    if (reading !== null && queue === "fetch" && typeof reading.scope === "object" && "model" in reading.scope) {
      await ingested.remove(reading.source, [...(await ingested.states(reading.source, reading.scope)).keys()]);
    }
    const at = new Date().toISOString();
    await ingested.fail(
      { ...named, code, reason, at, fingerprint: null, work: { queue, data } },
      { keepEarlier: true },
    );
  }
}

function failedEmbedding(data: unknown): FailedItem | null {
  const { data: work } = embeddingWork.safeParse(data);
  if (work === undefined) return null;
  return { source: work.source, key: `embedding of ${work.documents.length} from ${work.documents[0]}` };
}

export async function retryFailed(
  { queues, ingested }: FailedWorkTools,
  items?: readonly FailedItem[],
): Promise<number> {
  let count = 0;
  for (const { source, key } of items ?? (await ingested.failures())) {
    const failure = await ingested.takeFailure(source, key);
    if (failure === null) continue;
    count += 1;
    await queues.send([workOf(failure.work, { source, key })], URGENT);
  }
  return count;
}

export async function discardFailed(
  { ingested }: Pick<FailedWorkTools, "ingested">,
  items?: readonly FailedItem[],
): Promise<number> {
  let count = 0;
  for (const { source, key } of items ?? (await ingested.failures())) {
    if (await ingested.discardFailure(source, key)) count += 1;
  }
  return count;
}

/** The work that was given up, or else the item from the beginning. */
function workOf(work: unknown, { source, key }: FailedItem): Parameters<StageQueues["send"]>[0][number] {
  const { queue, data } = (work ?? {}) as { readonly queue?: unknown; readonly data?: unknown };
  if (queue === "embed") return ["embed", { ...embeddingWork.parse(data), run: null }];
  if (queue === "fetch" || queue === "parse" || queue === "ocr")
    return [queue, { ...readingWork.parse(data), run: null }];
  return ["fetch", { source, scope: { keys: [itemKey(key)] }, run: null, size: 1 }];
}
