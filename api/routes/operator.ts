import { Router } from "express";
import type { IngestionFailure } from "../../infra/db/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { auditAct } from "../audit.ts";
import { identityOf } from "../authenticate.ts";
import { problemOf } from "../error-response.ts";
import { startEventStream } from "../event-stream.ts";
import { failureRequest, ingestionQuery, ingestionRequest } from "../ingestion-schemas.ts";
import { operatorOnly } from "../operator-only.ts";
import { currentPolicy, requestSignal } from "../request-reader.ts";
import { keyRequest } from "../schemas.ts";
import type { Services } from "../services.ts";
import { accessRoutes } from "./access.ts";

/** What only the operator may do: whoever can read the data directory has the key. Used by the command line. */
export function operatorRoutes(services: Services): Router {
  const router = Router();
  // By path, so that any other address is as absent for users as for the operator.
  router.use(["/ingestions", "/ingestion", "/keys"], operatorOnly);
  router.post("/ingestions", async (request, response) => {
    const { folder } = ingestionRequest.parse(request.body);
    const send = startEventStream(response);
    try {
      const reports = await services.ingestion.synchronise({
        ...(folder === undefined ? {} : { folder }),
        onProgress: (progress) => send("progress", progress),
        signal: requestSignal(request),
      });
      send("done", { reports, failures: await services.database.ingested.failures() });
    } catch (error) {
      services.log.error({ error }, "ingestion stopped");
      send("error", problemOf(error));
    }
    response.end();
  });
  router.get("/ingestion", async (request, response) => {
    const { coverage } = ingestionQuery.parse(request.query);
    response.json(await services.ingestion.status({ coverage, signal: requestSignal(request) }));
  });
  router.post("/ingestion/pause", async (_request, response) => {
    await services.ingestion.pause();
    response.status(204).end();
  });
  router.post("/ingestion/resume", async (_request, response) => {
    await services.ingestion.resume();
    response.status(204).end();
  });
  router.post("/ingestion/failures/retry", async (request, response) => {
    const items = await namedFailures(request.body, services);
    response.json({ count: await services.ingestion.retry(items) });
  });
  router.post("/ingestion/failures/discard", async (request, response) => {
    const items = await namedFailures(request.body, services);
    response.json({ count: await services.ingestion.discard(items) });
  });
  router.get(
    "/keys",
    async (_request, response) => void response.json({ keys: await services.database.apiKeys.list() }),
  );
  router.post("/keys", async (request, response) => {
    const { login, label } = keyRequest.parse(request.body);
    const policy = await currentPolicy(services);
    requireUser(login, policy);
    const made = await services.database.apiKeys.create(login, label);
    await auditAct(request, services, { action: "key-created", login, via: "operator", outcome: made.id });
    response.status(201).json(made);
  });
  router.delete("/keys/:id", async (request, response) => {
    const { id } = request.params;
    if (!(await services.database.apiKeys.revoke(id))) throw new GroundworkError("not-found", "There is no such key.");
    const { login, via } = identityOf(request);
    await auditAct(request, services, { action: "key-revoked", login, via, outcome: id });
    response.status(204).end();
  });
  return router.use(accessRoutes(services));
}

/** A key for a name that Odoo does not know would open nothing, and might open something later. */
function requireUser(login: string, policy: PolicySnapshot): void {
  try {
    resolvePrincipal(login, policy);
  } catch (cause) {
    throw new GroundworkError("not-found", "There is no such user in Odoo, or the user is archived.", { cause });
  }
}

/** Those with that key, in whatever source; undefined: all there are. */
async function namedFailures(body: unknown, { database }: Services): Promise<readonly IngestionFailure[] | undefined> {
  const { key } = failureRequest.parse(body ?? {});
  if (key === undefined) return undefined;
  const named = (await database.ingested.failures()).filter((failure) => failure.key === key);
  if (named.length === 0) throw new GroundworkError("not-found", `Nothing named ${key} is among the failures.`);
  return named;
}
