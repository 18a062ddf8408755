import { Router } from "express";
import type { ReadablePart } from "../../infra/db/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { pageAt } from "../../retrieval/page-at.ts";
import { audit } from "../audit.ts";
import { requestLedger, requestReader, requestSignal } from "../request-reader.ts";
import { documentQuery } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Parts of one document: a record has one per set of groups that may see some of its fields. */
const MOST_PARTS = 100;

export function documentsRoute(services: Services): Router {
  return Router().get("/documents/:id", async (request, response) => {
    const wanted = documentQuery.parse(request.query);
    const reader = await requestReader(request, services);
    const selection = { documentIds: [request.params.id], limit: MOST_PARTS };
    const ledger = requestLedger(services, reader);
    const parts = await ledger.readable.parts(selection, reader.filter, requestSignal(request));
    const [first] = parts;
    const proof = await audit(request, reader, services, {
      action: "read-document",
      outcome: first === undefined ? "not found" : "shown",
      sources: parts.map(({ document, part }) => ({ documentId: document.documentId, part })),
      ledger,
    });
    if (first === undefined) {
      throw new GroundworkError("not-found", "No such document among those you may read.");
    }
    const { document } = first;
    response.json({
      documentId: document.documentId,
      title: document.title,
      kind: document.kind,
      model: document.model,
      recordId: document.recordId,
      url: document.url,
      metadata: document.metadata,
      parts: parts.map((part) => ({ part: part.part, text: part.text, pages: pagesOf(part) })),
      span: spanOf(parts, wanted),
      ...(wanted.proof ? { proof } : {}),
    });
  });
}

/** Where each page begins. */
function pagesOf(part: ReadablePart): readonly { readonly page: number; readonly start: number }[] {
  const starts = new Map<number, number>();
  for (const { page, start } of part.spans) if (page !== null && !starts.has(page)) starts.set(page, start);
  return [...starts].map(([page, start]) => ({ page, start }));
}

function spanOf(
  parts: readonly ReadablePart[],
  wanted: { part?: string | undefined; start?: number | undefined; end?: number | undefined },
) {
  const part = parts.find((candidate) => candidate.part === (wanted.part ?? "main"));
  const { start, end } = wanted;
  if (part === undefined || start === undefined || end === undefined || start >= end || end > part.text.length)
    return null;
  return { part: part.part, start, end, page: pageAt(part, start), text: part.text.slice(start, end) };
}
