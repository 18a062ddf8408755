import { Router } from "express";
import type { z } from "zod";
import { search } from "../../retrieval/search.ts";
import { audit } from "../audit.ts";
import { requestReader, requestSignal, searchTools } from "../request-reader.ts";
import { searchRequest, type searchResponse } from "../schemas.ts";
import type { Services } from "../services.ts";

export function searchRoute(services: Services): Router {
  return Router().post("/search", async (request, response) => {
    const { query, companies, models, kinds, limit } = searchRequest.parse(request.body);
    const reader = await requestReader(request, services, companies);
    const selection = { ...(models && { models }), ...(kinds && { kinds }) };
    const result = await search({ query, selection, limit }, reader, searchTools(services), requestSignal(request));
    await audit(request, reader, services, {
      action: "search",
      outcome: `${result.hits.length} hits`,
      documentIds: result.hits.map(({ chunk }) => chunk.document.documentId),
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
    }));
    response.json({ hits, degraded: result.degraded } satisfies z.input<typeof searchResponse>);
  });
}
