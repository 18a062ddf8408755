import { type RequestHandler, Router } from "express";
import { GroundworkError } from "../../infra/errors.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import { identityOf } from "../authenticate.ts";
import { problemOf } from "../error-response.ts";
import { startEventStream } from "../event-stream.ts";
import { ingestionRequest, keyRequest } from "../schemas.ts";
import type { Services } from "../services.ts";

/** What only the operator may do: whoever can read the data directory has the key. Used by the command line. */
export function operatorRoutes(services: Services): Router {
  const router = Router();
  router.use(operatorOnly);
  router.post("/ingestions", async (request, response) => {
    const { folder } = ingestionRequest.parse(request.body);
    const send = startEventStream(response);
    try {
      const reports = await services.synchronise({
        ...(folder === undefined ? {} : { folder }),
        onProgress: (progress) => send("progress", progress),
      });
      send("done", { reports, failures: await services.database.ingested.failures() });
    } catch (error) {
      services.log.error({ error }, "ingestion stopped");
      send("error", problemOf(error));
    }
    response.end();
  });
  router.get("/ingestion", async (_request, response) => {
    const [counts, failures] = await Promise.all([
      services.database.ingested.counts(),
      services.database.ingested.failures(),
    ]);
    response.json({ counts, failures });
  });
  router.get(
    "/keys",
    async (_request, response) => void response.json({ keys: await services.database.apiKeys.list() }),
  );
  router.post("/keys", async (request, response) => {
    const { login, label } = keyRequest.parse(request.body);
    const policy = await services.database.policies.latest();
    if (policy === null)
      throw new GroundworkError("not-ready", "The access rules have not been read yet. Ingest first.");
    resolvePrincipal(login, policy);
    response.status(201).json(await services.database.apiKeys.create(login, label));
  });
  router.delete("/keys/:id", async (request, response) => {
    if (!(await services.database.apiKeys.revoke(request.params.id)))
      throw new GroundworkError("not-found", "There is no such key.");
    response.status(204).end();
  });
  return router;
}

const operatorOnly: RequestHandler = (request, _response, next) => {
  if (identityOf(request).via !== "operator")
    throw new GroundworkError("forbidden", "Only the operator may do this, from the command line.");
  next();
};
