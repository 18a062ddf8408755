import { Router } from "express";
import { currentPolicy } from "../request-reader.ts";
import type { Services } from "../services.ts";

/** `/healthz`: the process answers. `/readyz`: it can answer questions: the database is there and the access rules are known and not too old. */
export function healthRoutes(services: Services): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => void response.json({ status: "alive" }));
  router.get("/readyz", async (_request, response) => {
    await services.database.ping();
    const policy = await currentPolicy(services);
    response.json({
      status: "ready",
      policyTakenAt: policy.takenAt,
      policyConfirmedAt: await services.database.policies.confirmedAt(),
    });
  });
  return router;
}
