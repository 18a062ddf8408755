import { Router } from "express";
import type { ReadablePart } from "../../infra/db/port.ts";
import { prepareRationale } from "../../retrieval/approvals/prepare-rationale.ts";
import { recordViews } from "../../retrieval/approvals/record-view.ts";
import { audit } from "../audit.ts";
import { requestLedger, requestReader, requestSignal, searchTools } from "../request-reader.ts";
import { assertStillReadable } from "../still-readable.ts";
import { rationaleRequest } from "../schemas.ts";
import type { Services } from "../services.ts";

const MOST_WAITING = 200;

/** What waits for approval, and the rationale of one order. */
export function rationalesRoutes(services: Services): Router {
  const router = Router();
  router.post("/rationales", async (request, response) => {
    const { order, companies, proof: wantsProof } = rationaleRequest.parse(request.body);
    const reader = await requestReader(request, services, companies);
    const ledger = requestLedger(services, reader);
    const tools = searchTools(services, ledger);
    const rationale = await prepareRationale(order, reader, tools, requestSignal(request));
    await assertStillReadable(request, rationale.citations, services, companies);
    const proof = await audit(request, reader, services, {
      action: "rationale",
      outcome: rationale.recommendation,
      sources: [{ documentId: rationale.record.documentId }, ...rationale.citations],
      ledger,
    });
    response.json(wantsProof ? { ...rationale, proof } : rationale);
  });
  router.get("/approvals", async (request, response) => {
    const reader = await requestReader(request, services);
    const ledger = requestLedger(services, reader);
    const parts = await ledger.readable.parts(
      { model: "purchase.order", facts: [{ name: "state", value: "to approve" }], limit: MOST_WAITING },
      reader.filter,
      requestSignal(request),
    );
    await audit(request, reader, services, {
      action: "search",
      outcome: "orders waiting for approval",
      sources: parts.map(({ document, part }) => ({ documentId: document.documentId, part })),
      ledger,
    });
    response.json({ orders: waitingOrders(parts) });
  });
  return router;
}

function waitingOrders(parts: readonly ReadablePart[]) {
  return recordViews(parts).map((order) => ({
    documentId: order.document.documentId,
    title: order.document.title,
    name: order.fact("name")?.display ?? order.document.title,
    total: order.fact("amount_total")?.display ?? "",
    supplier: order.fact("partner_id")?.display ?? "",
  }));
}
