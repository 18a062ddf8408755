import { type Request, Router } from "express";
import { GroundworkError } from "../../infra/errors.ts";
import { explainRequest, replayRequestBody } from "../access-schemas.ts";
import { auditAct } from "../audit.ts";
import { identityOf } from "../authenticate.ts";
import { type RecordExplanation, explainRecord } from "../explain-record.ts";
import { operatorOnly } from "../operator-only.ts";
import { replayRequest } from "../replay-request.ts";
import { currentPolicy } from "../request-reader.ts";
import type { Services } from "../services.ts";

/** What an administrator asks about access: why somebody may or may not see a record, and whether a past decision holds. */
export function accessRoutes(services: Services): Router {
  const router = Router();
  router.use(["/access/explain", "/access/replay"], operatorOnly);
  router.post("/access/explain", async (request, response) => {
    const question = explainRequest.parse(request.body);
    const policy = await currentPolicy(services);
    const record = (outcome: string, documentIds: readonly string[] = []) =>
      act(request, services, "explain-access", `${question.record} as ${question.login}: ${outcome}`, documentIds);
    const explanation = await explainRecord(question, policy, services.database).catch(async (error: unknown) => {
      await record(error instanceof GroundworkError ? error.code : "failed");
      throw error;
    });
    await record(outcomeOf(explanation), [explanation.document.documentId]);
    response.json(explanation);
  });
  router.post("/access/replay", async (request, response) => {
    const { requestId } = replayRequestBody.parse(request.body);
    const record = (outcome: string) => act(request, services, "replay-access", `${requestId}: ${outcome}`);
    const replay = await replayRequest(requestId, services.database).catch(async (error: unknown) => {
      await record(error instanceof GroundworkError ? error.code : "failed");
      throw error;
    });
    await record(replay.agrees ? "as recorded" : "differs");
    response.json(replay);
  });
  return router;
}

function act(
  request: Request,
  services: Services,
  action: "explain-access" | "replay-access",
  outcome: string,
  documentIds: readonly string[] = [],
): Promise<void> {
  const { login, via } = identityOf(request);
  return auditAct(request, services, { action, login, via, outcome, documentIds });
}

function outcomeOf({ parts }: RecordExplanation): string {
  const verdicts = parts.flatMap((group) => group.verdicts);
  const readable = verdicts.filter((verdict) => verdict.readable).length;
  return `${readable} of ${verdicts.length} parts readable`;
}
