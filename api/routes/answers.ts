import { type Request, type Response, Router } from "express";
import { GroundworkError } from "../../infra/errors.ts";
import type { AccessProof } from "../../permissions/access-proof.ts";
import type { Answer } from "../../retrieval/answer/answer.ts";
import { type AnswerEvent, answerQuestion } from "../../retrieval/answer/answer-question.ts";
import type { Citation } from "../../retrieval/citation.ts";
import { audit } from "../audit.ts";
import { problemOf } from "../error-response.ts";
import { startEventStream } from "../event-stream.ts";
import { answerTools, requestLedger, requestReader, requestSignal } from "../request-reader.ts";
import { assertStillReadable } from "../still-readable.ts";
import { answerRequest } from "../schemas.ts";
import { searchSelection } from "../search-selection.ts";
import type { Services } from "../services.ts";

export function answersRoute(services: Services): Router {
  return Router().post("/answers", async (request, response) => {
    const { question, companies, proof: wantsProof, ...filters } = answerRequest.parse(request.body);
    const reader = await requestReader(request, services, companies);
    const ledger = requestLedger(services, reader);
    const tools = answerTools(services, ledger);
    const selection = await searchSelection(filters, reader, services);
    const events = answerQuestion({ question, ...(selection && { selection }) }, reader, tools, requestSignal(request));
    const record: Recorder = async (outcome, sources) => {
      const proof = await audit(request, reader, services, { action: "answer", outcome, sources, ledger });
      return wantsProof ? { proof } : {};
    };
    const check = (citations: readonly Citation[]) => assertStillReadable(request, citations, services, companies);
    if (request.accepts(["application/json", "text/event-stream"]) === "text/event-stream") {
      return streamed(events, { record, check }, request, response, services);
    }
    const answer = await whole(events);
    await check(answer.citations);
    const proof = await record(answer.status, answer.citations);
    response.json({ ...answer, ...proof });
  });
}

/** Records what is about to be shown; gives the proof when the request asks for it. */
type Recorder = (outcome: string, citations: readonly Citation[]) => Promise<{ readonly proof?: AccessProof }>;

async function whole(events: AsyncIterable<AnswerEvent>): Promise<Answer> {
  for await (const event of events) if (event.kind === "done") return event.answer;
  throw new GroundworkError("internal", "The answer ended before it was complete.");
}

/** Server-sent events: `statement` for each, then `done` with the whole answer (and its proof, when asked), or `error` with a problem document. */
async function streamed(
  events: AsyncIterable<AnswerEvent>,
  { record, check }: { readonly record: Recorder; readonly check: (citations: readonly Citation[]) => Promise<void> },
  request: Request,
  response: Response,
  services: Services,
): Promise<void> {
  const send = startEventStream(response);
  const recorded = new Set<string>();
  try {
    for await (const event of events) {
      if (event.kind === "statement") {
        // Before it is shown, so that leaving early hides nothing from the auditor.
        const fresh = event.citations.filter(({ documentId }) => !recorded.has(documentId));
        await check(event.citations);
        if (fresh.length > 0) await record("streaming", fresh);
        for (const { documentId } of fresh) recorded.add(documentId);
        send("statement", { ...event.statement, citations: event.citations });
      } else {
        await check(event.answer.citations);
        const proof = await record(event.answer.status, event.answer.citations);
        send("done", { ...event.answer, ...proof });
      }
    }
  } catch (error) {
    const problem = problemOf(error);
    services.log.warn({ error, requestId: response.get("x-request-id"), path: request.path }, "answer stream failed");
    send("error", problem);
  }
  response.end();
}
