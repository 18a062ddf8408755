import { Router } from "express";
import { GroundworkError } from "../../infra/errors.ts";
import type { Services } from "../services.ts";

/** `/healthz`: the process answers. `/readyz`: it can answer questions: the database is there and the access rules are known. */
export function healthRoutes(services: Services): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => void response.json({ status: "alive" }));
  router.get("/readyz", async (_request, response) => {
    await services.database.ping();
    const policy = await services.database.policies.latest();
    if (policy === null) {
      throw new GroundworkError("not-ready", "The access rules have not been read yet, so nothing is shown.");
    }
    response.json({ status: "ready", policyTakenAt: policy.takenAt });
  });
  return router;
}
