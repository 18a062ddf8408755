import type { DocumentHead, ReadableDocuments, Recheck } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { RecheckedSource } from "../permissions/access-proof.ts";

/** A source that was shown; without a part, all of the document's parts that were read. */
export interface ShownSource {
  readonly documentId: string;
  readonly part?: string;
}

/**
 * Notes, for one request, which parts the recheck let through and by what, so that the proof of what was shown need not ask again: it is
 * the very check that opened the text. Read through `readable` alone.
 */
export class RecheckLedger {
  readonly readable: ReadableDocuments;
  readonly #rechecked = new Map<string, RecheckedSource[]>();

  constructor(documents: ReadableDocuments) {
    this.readable = {
      ...documents,
      chunks: async (...query) => this.#noted(await documents.chunks(...query)),
      parts: async (...query) => this.#noted(await documents.parts(...query)),
    };
  }

  /** Errors: `internal` for a source that this request did not recheck: what cannot be proved is not shown. */
  proofOf(shown: readonly ShownSource[]): readonly RecheckedSource[] {
    return shown.flatMap(({ documentId, part }) => {
      const noted = this.#rechecked.get(documentId) ?? [];
      const found = part === undefined ? noted : noted.filter((source) => source.part === part);
      if (found.length > 0) return found;
      throw new GroundworkError("internal", "A source was not checked within this request, so it is not shown.");
    });
  }

  #noted<Item extends ReadItem>(items: readonly Item[]): readonly Item[] {
    const at = new Date().toISOString();
    for (const { document, part, recheck } of items) {
      const noted = this.#rechecked.get(document.documentId) ?? [];
      this.#rechecked.set(document.documentId, noted);
      const { textHash, attributes } = recheck;
      if (noted.some((source) => source.part === part && source.textHash === textHash && isSame(source, recheck)))
        continue;
      noted.push({ documentId: document.documentId, part, textHash, attributes, at });
    }
    return items;
  }
}

interface ReadItem {
  readonly document: DocumentHead;
  readonly part: string;
  readonly recheck: Recheck;
}

function isSame(source: RecheckedSource, { attributes }: Recheck): boolean {
  return source.attributes === attributes || JSON.stringify(source.attributes) === JSON.stringify(attributes);
}
