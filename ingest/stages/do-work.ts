import type { QueuedJob } from "../../infra/db/port.ts";
import type { Document } from "../../infra/document.ts";
import type { Log } from "../../infra/log.ts";
import { type EmbedTools, embedDocuments } from "../embed-documents.ts";
import { type IngestOptions, type IngestTools, ingestSource } from "../ingest-source.ts";
import type { DocumentSource, SourceItem } from "../sources/port.ts";
import type { StageQueues } from "./stage-queues.ts";
import type { DoWork } from "./stage-workers.ts";
import { type ReadingWork, type Stage, embeddingWork, readingWork } from "./work.ts";

export interface StageTools extends EmbedTools {
  readonly queues: StageQueues;
  readonly log: Log;
  /** See `IngestTools`. */
  readonly limits: string;
  readonly sources: {
    /** The source of that name as it is now; null: there is none any more. */
    named(name: string, signal?: AbortSignal): Promise<DocumentSource | null>;
  };
}

/** Documents of one job of embedding, by their chunks: some seconds' worth. */
const EMBEDDED_TOGETHER = 256;
/** How often a parser that came to its limits is tried again before the file is blamed. */
const TRIES_AT_LIMITS = 2;

/** What each stage does. */
export function doWork(tools: StageTools): DoWork {
  return async (stage, job, signal) => {
    if (stage !== "embed") return read(stage, job, tools, signal);
    const { documents } = embeddingWork.parse(job.data);
    return { embedded: await embedDocuments(documents, tools, signal) };
  };
}

async function read(
  stage: Exclude<Stage, "embed">,
  job: QueuedJob,
  tools: StageTools,
  signal: AbortSignal,
): Promise<object> {
  const work = readingWork.parse(job.data);
  const source = await tools.sources.named(work.source, signal);
  // What was held of it stays, as it does when a folder is not configured any more.
  if (source === null) return {};
  const options: IngestOptions = {
    within: work.scope,
    signal,
    ocr: stage === "ocr" ? "allowed" : "refused",
    mayPass: (error) => error.code === "parser-limit" && job.failures < TRIES_AT_LIMITS,
  };
  const { seen, unchanged, written, removed, failed } = await ingestSource(
    source,
    readingTools(stage, job, work, tools),
    options,
  );
  // What was put off has been counted where it was listed.
  return stage === "fetch" ? { seen, unchanged, written, removed, failed } : { written, removed, failed };
}

function readingTools(
  stage: Exclude<Stage, "embed">,
  { priority }: QueuedJob,
  { source, run }: ReadingWork,
  { ingested, log, limits, queues }: StageTools,
): IngestTools {
  const putOff = (next: "parse" | "ocr") => (items: readonly SourceItem[]) =>
    queues.send(
      items.map(({ key }) => [next, { source, scope: { keys: [key] }, run, size: 1 }]),
      priority,
    );
  return {
    ingested,
    log,
    limits,
    embed: (documents) =>
      queues.send(
        groups(documents).map(({ ids, chunks }) => ["embed", { source, documents: ids, run, size: chunks }]),
        priority,
      ),
    ...(stage === "fetch" ? { putOffSlow: putOff("parse") } : {}),
    ...(stage === "ocr" ? {} : { putOffOcr: putOff("ocr") }),
  };
}

function groups(documents: readonly Document[]): readonly { readonly ids: string[]; readonly chunks: number }[] {
  const found: { ids: string[]; chunks: number }[] = [];
  for (const { id, parts } of documents) {
    const chunks = parts.reduce((sum, part) => sum + part.chunks.length, 0);
    const last = found.at(-1);
    if (last === undefined || last.chunks + chunks > EMBEDDED_TOGETHER) found.push({ ids: [id], chunks });
    else {
      last.ids.push(id);
      last.chunks += chunks;
    }
  }
  return found;
}
