import type { IngestedDocuments, QueuedJob } from "../../infra/db/port.ts";
import type { Document } from "../../infra/document.ts";
import type { Log } from "../../infra/log.ts";
import { type EmbedTools, embedDocuments } from "../embed-documents.ts";
import { type IngestOptions, type IngestTools, ingestSource } from "../ingest-source.ts";
import type { DocumentSource, SourceItem } from "../sources/port.ts";
import type { StageQueues } from "./stage-queues.ts";
import type { DoWork } from "./stage-workers.ts";
import { type ReadingWork, type Stage, embeddingWork, readingWork } from "./work.ts";

export interface StageTools extends EmbedTools {
  readonly ingested: IngestedDocuments;
  readonly queues: StageQueues;
  readonly log: Log;
  /** See `IngestTools`. */
  readonly limits: string;
  readonly sources: {
    /** The source of that name as it is now; null: there is none any more. */
    named(name: string, signal?: AbortSignal): Promise<DocumentSource | null>;
  };
}

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
  const toEmbed = new EmbeddingGroups();
  const sendGroups = (groups: readonly EmbeddingGroup[]) =>
    tools.queues.send(
      groups.map(({ ids, chunks }) => [
        "embed",
        { source: work.source, documents: [...ids], run: work.run, size: chunks },
      ]),
      job.priority,
    );
  const readingTools: IngestTools = {
    ...putOffTools(stage, job, work, tools),
    ingested: tools.ingested,
    log: tools.log,
    limits: tools.limits,
    embed: (documents) => sendGroups(toEmbed.add(documents)),
  };
  // Also of what was written before it failed: when it is tried again, that is unchanged.
  const report = await ingestSource(source, readingTools, options).finally(() => sendGroups(toEmbed.rest()));
  const { seen, unchanged, written, removed, failed } = report;
  // What was put off has been counted where it was listed.
  return stage === "fetch" ? { seen, unchanged, written, removed, failed } : { written, removed, failed };
}

function putOffTools(
  stage: Exclude<Stage, "embed">,
  { priority }: QueuedJob,
  { source, run }: ReadingWork,
  { queues }: StageTools,
): Pick<IngestTools, "putOffSlow" | "putOffOcr"> {
  const putOff = (next: "parse" | "ocr") => (items: readonly SourceItem[]) =>
    queues.send(
      items.map(({ key }) => [next, { source, scope: { keys: [key] }, run, size: 1 }]),
      priority,
    );
  return {
    ...(stage === "fetch" ? { putOffSlow: putOff("parse") } : {}),
    ...(stage === "ocr" ? {} : { putOffOcr: putOff("ocr") }),
  };
}

interface EmbeddingGroup {
  readonly ids: readonly string[];
  readonly chunks: number;
}

/** Documents are embedded together, some seconds' worth. */
class EmbeddingGroups {
  #ids: string[] = [];
  #chunks = 0;

  /** The groups that are full with these. */
  add(documents: readonly Document[]): readonly EmbeddingGroup[] {
    const full: EmbeddingGroup[] = [];
    for (const { id, parts } of documents) {
      this.#ids.push(id);
      this.#chunks += parts.reduce((sum, part) => sum + part.chunks.length, 0);
      if (this.#chunks >= EMBEDDED_TOGETHER) full.push(...this.rest());
    }
    return full;
  }

  rest(): readonly EmbeddingGroup[] {
    const group = { ids: this.#ids, chunks: this.#chunks };
    [this.#ids, this.#chunks] = [[], 0];
    return group.ids.length === 0 ? [] : [group];
  }
}
