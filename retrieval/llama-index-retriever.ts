import { BaseRetriever } from "@llamaindex/core/retriever";
import type { QueryBundle } from "@llamaindex/core/query-engine";
import { type NodeWithScore, TextNode } from "@llamaindex/core/schema";
import { extractText } from "@llamaindex/core/utils";
import type { ChunkContextKind } from "../infra/db/port.ts";
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
  readonly #context: ChunkContextKind | undefined;

  /** With `context`, a node's metadata also has `context`, `contextStart` and `contextEnd`: what stands around the chunk in its part. */
  constructor(reader: Reader, tools: SearchTools, limit = 10, context?: ChunkContextKind) {
    super();
    this.#reader = reader;
    this.#tools = tools;
    this.#limit = limit;
    this.#context = context;
  }

  override async _retrieve({ query }: QueryBundle): Promise<NodeWithScore[]> {
    const request = { query: extractText(query), limit: this.#limit, ...(this.#context && { context: this.#context }) };
    const { hits } = await search(request, this.#reader, this.#tools);
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
          ...(chunk.context && {
            context: chunk.context.text,
            contextStart: chunk.context.start,
            contextEnd: chunk.context.end,
          }),
        },
      }),
    }));
  }
}
