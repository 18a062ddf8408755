import { Router } from "express";
import type { z } from "zod";
import { search } from "../../retrieval/search.ts";
import { audit } from "../audit.ts";
import { requestLedger, requestReader, requestSignal, searchTools } from "../request-reader.ts";
import { searchRequest, type searchResponse } from "../schemas.ts";
import { searchSelection } from "../search-selection.ts";
import type { Services } from "../services.ts";

export function searchRoute(services: Services): Router {
  return Router().post("/search", async (request, response) => {
    const { query, companies, limit, context, proof: wantsProof, ...filters } = searchRequest.parse(request.body);
    const reader = await requestReader(request, services, companies);
    const selection = await searchSelection(filters, reader, services);
    const ledger = requestLedger(services, reader);
    const tools = searchTools(services, ledger);
    const result = await search(
      { query, limit, ...(selection && { selection }), ...(context !== "none" && { context }) },
      reader,
      tools,
      requestSignal(request),
    );
    const proof = await audit(request, reader, services, {
      action: "search",
      outcome: `${result.hits.length} hits`,
      sources: result.hits.map(({ chunk }) => ({ documentId: chunk.document.documentId, part: chunk.part })),
      ledger,
    });
    const hits = result.hits.map(({ chunk, score }, index) => ({
      rank: index + 1,
      score: Math.round(score * 10_000) / 10_000,
      documentId: chunk.document.documentId,
      title: chunk.document.title,
      kind: chunk.document.kind,
      model: chunk.document.model,
      recordId: chunk.document.recordId,
      part: chunk.part,
      start: chunk.start,
      end: chunk.end,
      page: chunk.page,
      url: chunk.document.url,
      headings: [...chunk.headings],
      text: chunk.text,
      ...(chunk.context && { context: { ...chunk.context, headings: [...chunk.context.headings] } }),
    }));
    const body = { hits, degraded: result.degraded } satisfies z.input<typeof searchResponse>;
    response.json(wantsProof ? { ...body, proof } : body);
  });
}
