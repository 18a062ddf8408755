import { randomUUID } from "node:crypto";
import type { IngestedDocuments, QueueProgress } from "../../infra/db/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { Log } from "../../infra/log.ts";
import { cancelled } from "../../infra/models/cancelled.ts";
import type { IngestionReport } from "../ingest-source.ts";
import type { DocumentSource } from "../sources/port.ts";
import { type EmbedTools, documentsToEmbed } from "../embed-documents.ts";
import type { StageQueues } from "./stage-queues.ts";
import type { ReadingWork } from "./work.ts";

export interface ReadingTools extends EmbedTools {
  readonly queues: StageQueues;
  readonly ingested: IngestedDocuments;
  readonly log: Log;
}

/** How far the work is that is queued. */
export interface IngestionProgress {
  readonly paused: boolean;
  readonly stages: readonly (QueueProgress & {
    /** At the rate of the last minute; null while nothing was done in it. */
    readonly secondsLeft: number | null;
  })[];
}

const LOOK_EVERY_MS = 250;
const DOCUMENTS_AT_ONCE = 500;

/**
 * One reading of everything: queued section by section, so that it goes on where it was when the process ends, and shared by all workers.
 * A section that waits from an earlier reading is not queued twice.
 */
export class Reading {
  readonly #tools: ReadingTools;
  readonly #run = randomUUID();
  readonly #sources: string[] = [];

  constructor(tools: ReadingTools) {
    this.#tools = tools;
  }

  /** Queues all that the sources hold. A folder that cannot be read is logged and keeps its documents. Errors: `odoo-*`, `database`. */
  async plan(sources: readonly DocumentSource[], signal?: AbortSignal): Promise<void> {
    for (const source of sources) {
      try {
        const works = await this.#worksOf(source, signal);
        await this.#tools.queues.send(
          works.map((work) => ["fetch", work]),
          0,
        );
        this.#sources.push(source.name);
      } catch (error) {
        // A folder that is gone for now must not cost the rest; its documents stay until it can be read again.
        if (!(error instanceof GroundworkError) || error.code !== "unreadable-file") throw error;
        this.#tools.log.error({ error, source: source.name }, "source not read");
      }
    }
    await this.#planEmbedding();
  }

  /** Resolves when the stages have nothing left to do, whoever queued it; false: work is paused. Errors: `cancelled`, `database`. */
  async ends(
    stages: readonly string[],
    onProgress: (progress: IngestionProgress) => void,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<boolean> {
    for (;;) {
      const progress = await progressOf(this.#tools.queues);
      onProgress(progress);
      const isLeft = progress.stages.some(
        ({ queue, waiting, active }) => stages.includes(queue) && waiting + active > 0,
      );
      if (!isLeft) return true;
      if (progress.paused) return false;
      await this.#tools.queues.news(LOOK_EVERY_MS, signal);
      if (signal.aborted) throw cancelled(signal);
    }
  }

  async reports(): Promise<readonly IngestionReport[]> {
    const outputs = await this.#tools.queues.outputs(this.#run);
    return this.#sources.map((source) => {
      const { seen = 0, unchanged = 0, written = 0, removed = 0, failed = 0 } = outputs.get(source) ?? {};
      return { source, seen, unchanged, written, removed, failed };
    });
  }

  async #worksOf(source: DocumentSource, signal?: AbortSignal): Promise<readonly ReadingWork[]> {
    const sections = await source.sections(signal);
    const models = new Set(
      sections.flatMap(({ scope }) => (typeof scope === "object" && "model" in scope ? [scope.model] : [])),
    );
    const isWhole = sections.some(({ scope }) => scope === "all");
    const bygone = isWhole ? [] : [...(await this.#heldModels(source.name))].filter((model) => !models.has(model));
    return [...sections, ...bygone.map((model) => ({ scope: { model, idAfter: 0, idUpTo: null }, size: 0 }))].map(
      ({ scope, size }) => ({ source: source.name, scope, run: this.#run, size }),
    );
  }

  /** Models of which something is held, or has failed. */
  async #heldModels(source: string): Promise<ReadonlySet<string>> {
    const { ingested } = this.#tools;
    const failures = await ingested.failures(source);
    const failed = failures.flatMap(({ key }) => /^([^/\s]+)\/\d/u.exec(key)?.[1] ?? []);
    return new Set([...(await ingested.models(source)), ...failed]);
  }

  /**
   * What was written by a process that ended before it could have it embedded, what was embedded before tokens were kept, and all when
   * another embedder is configured.
   */
  async #planEmbedding(): Promise<void> {
    const { embedders, queues } = this.#tools;
    for (const each of await embedders.forTexts()) {
      let documents = await documentsToEmbed(each, "", DOCUMENTS_AT_ONCE, this.#tools);
      while (documents.length > 0) {
        const work = { source: "", documents: [...documents], run: this.#run, size: documents.length };
        await queues.send([["embed", work]], 0);
        documents = await documentsToEmbed(each, documents.at(-1) ?? "", DOCUMENTS_AT_ONCE, this.#tools);
      }
    }
  }
}

export async function progressOf(queues: StageQueues): Promise<IngestionProgress> {
  const [stages, paused] = await Promise.all([queues.progress(), queues.isPaused()]);
  return {
    paused,
    stages: stages.map((stage) => ({ ...stage, secondsLeft: secondsLeft(stage) })),
  };
}

/** Of all stages together. */
export function unitsLeft({ stages }: IngestionProgress): number {
  return stages.reduce((sum, stage) => sum + stage.unitsLeft, 0);
}

function secondsLeft({ unitsLeft: left, unitsPerMinute }: QueueProgress): number | null {
  if (left === 0) return 0;
  return unitsPerMinute === 0 ? null : Math.ceil((left / unitsPerMinute) * 60);
}
