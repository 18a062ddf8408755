import { setTimeout as sleep } from "node:timers/promises";

import type { Change, ChunkOutbox, TakenChanges } from "../db/chunk-outbox.ts";
import type { CopiedDocuments } from "../db/copied-documents.ts";
import { GroundworkError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ChunkCopy } from "./chunk-copy.ts";

export interface FollowerTools {
  readonly outbox: ChunkOutbox;
  readonly documents: CopiedDocuments;
  readonly copy: ChunkCopy;
  readonly log: Log;
}

const DOCUMENTS_AT_ONCE = 64;
/** Milliseconds between two looks at an empty outbox; a change is found by search this much later at most, and the time of a write. */
const IDLE_MS = 500;
/** How often it is looked whether the index is still there. */
const LOOK_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Follows in the background until closed. An index that is down or slow is tried again, ever more slowly, and nothing is forgotten. */
export function followDatabase(tools: FollowerTools): AsyncDisposable {
  const stop = new AbortController();
  const following = follow(tools, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

async function follow(tools: FollowerTools, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let looked = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    let pause = IDLE_MS;
    try {
      if (performance.now() - looked > LOOK_MS || (await tools.outbox.hasDue())) {
        await followOnce(tools, signal);
        looked = performance.now();
        if (failures > 0) tools.log.info({ failures }, "the search index follows again");
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
      failures++;
      // Said once, and again when it is over: an index may be down for days.
      tools.log[failures === 1 ? "warn" : "debug"](
        { error, failures, pause },
        "the search index does not follow; trying again",
      );
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Brings the index up to now: fills one that is new or unfit, then writes every change that is due. Returns how many documents it wrote, or
 * null when another process is at it. Errors: `index`, `database`, `cancelled`; what is not yet followed stays in the outbox.
 */
export async function followOnce(tools: FollowerTools, signal?: AbortSignal): Promise<number | null> {
  return tools.outbox.exclusively(async (changes) => {
    const isFilled = (await changes.filled()) === tools.copy.name;
    const fitness = isFilled ? await tools.copy.fitness() : "unusable";
    // What another version or embedder left is not asked meanwhile.
    if (fitness === "unusable") await changes.setFilled(null);
    if (fitness !== "whole") await fill(tools, changes, signal);
    let written = 0;
    for (;;) {
      const batch = await changes.next(DOCUMENTS_AT_ONCE);
      if (batch.length === 0) return written;
      await write(tools, changes, batch, signal);
      written += batch.length;
    }
  });
}

/** Follows until nothing waits. Errors: as `followOnce`; `index` when the index refuses a document. */
export async function catchUp(tools: FollowerTools, signal?: AbortSignal): Promise<void> {
  for (;;) {
    if ((await followOnce(tools, signal)) !== null) {
      const { documents, failing, failure } = await tools.outbox.lag();
      if (failing > 0) throw new GroundworkError("index", `The search index refused ${failing} documents: ${failure}`);
      if (documents === 0) return;
    }
    await sleep(IDLE_MS, undefined, { signal });
  }
}

/** Makes the index anew while the old one, if any, answers. Changes wait in the outbox until the new one answers. */
export async function rebuildCopy(tools: FollowerTools, signal?: AbortSignal): Promise<number | null> {
  return tools.outbox.exclusively((changes) => fill(tools, changes, signal));
}

async function fill(
  { copy, documents, log }: FollowerTools,
  changes: TakenChanges,
  signal: AbortSignal | undefined,
): Promise<number> {
  const chunks = await copy.rebuild(documents.all(), signal);
  await changes.setFilled(copy.name);
  log.info({ index: copy.name, chunks }, "search index filled");
  return chunks;
}

/** A document that the index refuses must not hold up the others: the batch is halved until it is alone. */
async function write(
  tools: FollowerTools,
  changes: TakenChanges,
  batch: readonly Change[],
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await tools.copy.replace(await tools.documents.documents(batch.map(({ documentId }) => documentId)), signal);
    await changes.followed(batch);
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code !== "index" || error.retryable) throw error;
    if (batch.length === 1) {
      await changes.postpone(batch, error.message);
      tools.log.warn(
        { error, documentId: batch[0]?.documentId },
        "the search index refused a document; trying again later",
      );
      return;
    }
    const middle = batch.length >> 1;
    await write(tools, changes, batch.slice(0, middle), signal);
    await write(tools, changes, batch.slice(middle), signal);
  }
}
