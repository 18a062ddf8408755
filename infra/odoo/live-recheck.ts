import { FILE_MODEL } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { Fact } from "../document.ts";
import type { DocumentHead, ReadableChunk, ReadableDocuments, ReadablePart, Recheck } from "../db/port.ts";
import { GroundworkError } from "../errors.ts";

/** Asks Odoo as one reader. */
export interface LiveAsker {
  /**
   * Those of the records that Odoo shows this reader now, archived ones included. Any error means: not known. Null: there is no
   * key of this reader to ask with.
   */
  readonly shown: ((model: string, ids: readonly number[], signal: AbortSignal) => Promise<ReadonlySet<number>>) | null;
}

export interface LiveRecheckOptions {
  /** For all questions of one reading together. */
  readonly timeoutMs: number;
  /** Told, by model, why records were withheld without Odoo's word; never which. */
  readonly onWithheld?: (model: string, error: unknown) => void;
}

interface LiveRecord {
  readonly model: string;
  readonly id: number;
}

/** What is checked of a chunk or part. Null: it states no record that could be asked for. */
type Wanted = readonly LiveRecord[] | null;

const WITHHELD = "Records of Odoo were left out, for Odoo did not confirm in time that you may read them.";

/**
 * As `readable`, after whose two gates every record is looked up in Odoo as the reader, one question a model. What Odoo does not show, or does
 * not confirm in time, never leaves; files from folders are no records and pass. `degraded` tells when something was withheld for want of an
 * answer. A part stands for the records that its attributes name: lines for their own model and ids, everything else for its document's.
 */
export function liveChecked(
  readable: ReadableDocuments,
  asker: LiveAsker,
  { timeoutMs, onWithheld = () => {} }: LiveRecheckOptions,
): ReadableDocuments {
  let degraded: string | null = null;

  async function confirmed(wanted: readonly Wanted[], signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const byModel = Map.groupBy(
      wanted.flatMap((records) => records ?? []),
      ({ model }) => model,
    );
    const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    const answers = await Promise.all(
      [...byModel].map(async ([model, records]) => {
        try {
          if (asker.shown === null) throw new GroundworkError("odoo-refused", "There is no key of this reader.");
          const shown = await orStop(asker.shown(model, distinctIds(records), stop), stop);
          return [...shown].map((id) => nameOf({ model, id }));
        } catch (error) {
          if (signal?.aborted === true) throw cancelled(signal);
          degraded = WITHHELD;
          onWithheld(model, error);
          return [];
        }
      }),
    );
    return new Set(answers.flat());
  }

  async function onlyConfirmed<Item>(
    items: readonly Item[],
    wantedOf: (item: Item) => Wanted,
    signal?: AbortSignal,
  ): Promise<readonly Item[]> {
    const wanted = new Map(items.map((item) => [item, wantedOf(item)]));
    const shown = await confirmed([...wanted.values()], signal);
    return items.filter((item) => wanted.get(item)?.every((record) => shown.has(nameOf(record))) === true);
  }

  async function linesOf(
    chunks: readonly { readonly document: DocumentHead; readonly part: string; readonly recheck: Recheck }[],
    filter: AccessFilter,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Fact[]>> {
    const documentIds = [...new Set(chunks.filter(isOfOtherModel).map(({ document }) => document.documentId))];
    if (documentIds.length === 0) return new Map();
    const parts = await readable.parts({ documentIds, limit: documentIds.length }, filter, signal);
    return new Map(parts.map((part) => [partKey(part), part.facts]));
  }

  return {
    chunks: async (chunkIds, filter, signal, context) => {
      const chunks = (await readable.chunks(chunkIds, filter, signal, context)).map(withinItsLines);
      const facts = await linesOf(chunks, filter, signal);
      return onlyConfirmed(
        chunks,
        (chunk) => {
          const within = (facts.get(partKey(chunk)) ?? []).filter(
            ({ start, end }) => start < chunk.end && end > chunk.start,
          );
          return recordsOf(chunk, within);
        },
        signal,
      );
    },
    // Of files alone, of which Odoo knows nothing.
    superseding: async (...query) => (await readable.superseding?.(...query)) ?? [],
    lacksVectors: async (...query) => (await readable.lacksVectors?.(...query)) ?? false,
    parts: async (selection, filter, signal) =>
      onlyConfirmed(await readable.parts(selection, filter, signal), (part) => recordsOf(part, part.facts), signal),
    degraded: () => degraded ?? readable.degraded?.() ?? null,
  };
}

type Piece = Pick<ReadablePart, "document" | "part" | "recheck">;

/** Files are nothing to ask for; a record without an id, or a line that is not named, cannot be asked for. */
function recordsOf(piece: Piece, facts: readonly Fact[]): Wanted {
  const { model, recordId } = piece.document;
  if (model === FILE_MODEL) return [];
  if (recordId === null) return null;
  if (!isOfOtherModel(piece)) return [{ model, id: recordId }];
  const lines = facts.flatMap(({ line }) => (line === undefined ? [] : [line]));
  return lines.length === 0 ? [{ model, id: recordId }] : lines;
}

/** Whether the part's access is that of another model than the document's, as that of an order's lines is. */
function isOfOtherModel({ document, recheck }: Piece): boolean {
  return document.model !== FILE_MODEL && recheck.attributes["model"]?.includes(document.model) !== true;
}

/** A chunk of lines is confirmed by its own lines: what stands around it are others. */
function withinItsLines(chunk: ReadableChunk): ReadableChunk {
  if (chunk.context === undefined || !isOfOtherModel(chunk)) return chunk;
  const { start, end, text, headings } = chunk;
  return { ...chunk, context: { start, end, text, headings } };
}

function partKey({ document, part }: Piece): string {
  return JSON.stringify([document.documentId, part]);
}

function nameOf({ model, id }: LiveRecord): string {
  return `${model}/${id}`;
}

function distinctIds(records: readonly LiveRecord[]): readonly number[] {
  return [...new Set(records.map(({ id }) => id))].sort((left, right) => left - right);
}

/** Whoever does not heed the signal is not waited for either. */
function orStop<T>(answer: Promise<T>, stop: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_resolve, reject) => {
    const give = () => reject(new GroundworkError("odoo-unavailable", "Odoo did not answer in time."));
    if (stop.aborted) give();
    else stop.addEventListener("abort", give, { once: true });
  });
  return Promise.race([answer, stopped]);
}

function cancelled(signal: AbortSignal): GroundworkError {
  return new GroundworkError("cancelled", "The check in Odoo was cancelled.", { cause: signal.reason });
}
