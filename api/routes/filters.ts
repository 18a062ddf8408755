import { Router } from "express";
import type { z } from "zod";
import { requestReader } from "../request-reader.ts";
import type { filtersResponse } from "../schemas.ts";
import type { Services } from "../services.ts";

/** What this reader's searches can be narrowed to: nothing but what the reader may read something of. */
export function filtersRoute(services: Services): Router {
  return Router().get("/filters", async (request, response) => {
    const { principal, filter, policy } = await requestReader(request, services);
    const companies = policy.companies
      .filter(({ id }) => principal.companyIds.includes(id))
      .map(({ id, name }) => ({ id, name }));
    const body = await services.database.vocabulary(filter);
    response.json({
      sources: [...body.sources],
      models: [...body.models],
      kinds: [...body.kinds],
      companies,
    } satisfies z.input<typeof filtersResponse>);
  });
}
