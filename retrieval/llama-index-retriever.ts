import { BaseRetriever } from "@llamaindex/core/retriever";
import type { QueryBundle } from "@llamaindex/core/query-engine";
import { type NodeWithScore, TextNode } from "@llamaindex/core/schema";
import { extractText } from "@llamaindex/core/utils";
import type { Reader } from "./reader.ts";
import { type SearchTools, search } from "./search.ts";

/**
 * Groundwork's search as a LlamaIndex retriever, for one reader: whoever builds on LlamaIndex gets chunks that this reader may read and
 * nothing else. A node's metadata names document, part, page and span. Make a new one for each request: a reader is planned under one policy.
 */
export class GroundworkRetriever extends BaseRetriever {
  readonly #reader: Reader;
  readonly #tools: SearchTools;
  readonly #limit: number;

  constructor(reader: Reader, tools: SearchTools, limit = 10) {
    super();
    this.#reader = reader;
    this.#tools = tools;
    this.#limit = limit;
  }

  override async _retrieve({ query }: QueryBundle): Promise<NodeWithScore[]> {
    const { hits } = await search({ query: extractText(query), limit: this.#limit }, this.#reader, this.#tools);
    return hits.map(({ chunk, score }) => ({
      score,
      node: new TextNode({
        id_: chunk.chunkId,
        text: chunk.text,
        startCharIdx: chunk.start,
        endCharIdx: chunk.end,
        metadata: {
          documentId: chunk.document.documentId,
          title: chunk.document.title,
          kind: chunk.document.kind,
          part: chunk.part,
          page: chunk.page,
          url: chunk.document.url,
        },
      }),
    }));
  }
}
