import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { catchUp } from "../../infra/chunk-index/follow-database.ts";
import { readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openResources, type Resources } from "../../infra/open.ts";
import { embedDocuments } from "../../ingest/embed-documents.ts";
import { ingestSource } from "../../ingest/ingest-source.ts";
import { PIPELINE_VERSION } from "../../ingest/pipeline-version.ts";
import { evaluationStores } from "../evaluation-stores.ts";
import { progressLine } from "../progress-line.ts";
import { corpusAccess } from "./corpus-reader.ts";
import { corpusHash, corpusSource } from "./corpus-source.ts";

export interface OpenCorpus extends AsyncDisposable {
  readonly resources: Resources;
  /** The only one who may read the corpus. */
  readonly login: string;
  /** The metadata fields that some document states. */
  readonly fields: ReadonlySet<string>;
}

const heldSchema = z.object({ fields: z.array(z.string()) });

/**
 * The corpus in an index of its own, ingested as any folder is. With a `directory` it is kept there under its content, and a second opening
 * ingests nothing; else it is made in a temporary directory and removed at the end. See `evaluationStores` for other places.
 * Throws `unreadable-file`, `configuration` and what ingestion throws.
 */
export async function openCorpus(path: string, directory: string | undefined): Promise<OpenCorpus> {
  const content = await corpusHash(path);
  await using opened = new AsyncDisposableStack();
  const place = directory ?? (await mkdtemp(join(tmpdir(), "groundwork-beir-")));
  if (directory === undefined) opened.defer(() => rm(place, { recursive: true, force: true }));
  const resources = opened.use(await openResources(evaluationConfig(join(place, `beir-${content}`))));
  if (directory === undefined) opened.defer(async () => resources.indexFollower?.copy.remove());
  const name = indexName(content, resources);
  const fields = (await heldFields(name, resources)) ?? (await ingest(path, name, resources));
  if (resources.indexFollower !== null) await catchUp(resources.indexFollower);
  const closing = opened.move();
  return { resources, login: name, fields: new Set(fields), [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** Of everything that decides what is stored: another chunking, embedder or form of access is another index. */
function indexName(content: string, { embedders }: Resources): string {
  const { embedder } = embedders.configured;
  const decisive = JSON.stringify([
    content,
    PIPELINE_VERSION,
    embedder.id,
    embedder.embedWithTokens !== undefined,
    corpusAccess("reader"),
  ]);
  return `beir:${createHash("sha256").update(decisive).digest("hex").slice(0, 16)}`;
}

function evaluationConfig(dataDirectory: string) {
  const { LOG_LEVEL = "error", EMBED_THREADS, LATE_INTERACTION } = process.env;
  return readConfig({ ...evaluationStores(dataDirectory), LOG_LEVEL, EMBED_THREADS, LATE_INTERACTION });
}

async function heldFields(name: string, { database }: Resources): Promise<readonly string[] | null> {
  const held = await database.settings.get(name);
  return held === null ? null : heldSchema.parse(JSON.parse(held)).fields;
}

async function ingest(path: string, name: string, { database, embedders, log }: Resources): Promise<readonly string[]> {
  const { ingested, vectors } = database;
  const source = corpusSource(path, name, corpusAccess(name));
  const report = progressLine("Ingesting", "passages");
  const { failed } = await ingestSource(
    source,
    {
      ingested,
      log,
      embed: async (documents, signal) => {
        await embedDocuments(
          documents.map(({ id }) => id),
          { vectors, embedders, tokens: database.tokens },
          signal,
        );
      },
    },
    { onProgress: ({ seen }) => report(seen) },
  );
  const { passages, repeated } = source.seen;
  const notes = [`${passages} passages`, ...note(repeated, "with a repeated id passed over"), ...note(failed, "empty")];
  process.stderr.write(`Ingested ${notes.join(", ")}.\n`);
  await database.maintain();
  const fields = [...source.seen.fields];
  await database.settings.set(name, JSON.stringify({ fields }));
  return fields;
}

function note(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

/** Throws `configuration` when no document states the metadata field that is to be filtered by. */
export function assertStated(field: string | undefined, { fields }: OpenCorpus): void {
  if (field === undefined || fields.has(field)) return;
  const known = fields.size === 0 ? "They have none." : `They have ${[...fields].sort().join(", ")}.`;
  throw new GroundworkError("configuration", `No document states the metadata field “${field}”. ${known}`);
}
