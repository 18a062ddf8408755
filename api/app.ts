import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import express, { type Express, type RequestHandler, Router } from "express";
import helmet from "helmet";
import { isLoopback } from "../infra/config.ts";
import { GroundworkError } from "../infra/errors.ts";
import { authenticate, identityOf } from "./authenticate.ts";
import { errorResponse, noSuchPath, sendProblem, unsupportedMediaType } from "./error-response.ts";
import { failedSignInLimit } from "./failed-sign-ins.ts";
import { openApiDocument } from "./open-api.ts";
import { currentPolicy } from "./request-reader.ts";
import { answersRoute } from "./routes/answers.ts";
import { documentsRoute } from "./routes/documents.ts";
import { eventsRoutes } from "./routes/events.ts";
import { filtersRoute } from "./routes/filters.ts";
import { healthRoutes } from "./routes/health.ts";
import { operatorRoutes } from "./routes/operator.ts";
import { rationalesRoutes } from "./routes/rationales.ts";
import { sampleRoutes, sessionOf } from "./routes/sample.ts";
import { searchRoute } from "./routes/search.ts";
import type { Services } from "./services.ts";

const PAGE = fileURLToPath(new URL("./web/dist/", import.meta.url));
const LARGEST_BODY = "100kb";

/** The HTTP application: every way in over the network. */
export function createApp(services: Services): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.use(securityHeaders(), requestId);
  if (services.sessions !== null) app.use(loopbackHostOnly);
  app.use(healthRoutes(services));
  app.get("/openapi.json", (_request, response) => void response.json(openApiDocument()));
  app.use("/v1", v1(services));
  app.use(express.static(PAGE, { index: "index.html" }));
  app.use(noSuchPath, errorResponse(services.log));
  return app;
}

function v1(services: Services): Router {
  const router = Router();
  // Before bodies are parsed: signatures are over the bytes.
  router.use(noStore, eventsRoutes(services));
  router.use(jsonBodiesOnly, express.json({ limit: LARGEST_BODY, strict: true }));
  const { sessions } = services;
  if (sessions !== null) router.use(sampleRoutes(services, sessions));
  router.use(authenticate({ apiKeys: services.database.apiKeys, sessions, operatorKey: services.operatorKey }));
  router.get("/session", async (request, response) => {
    const { login, via } = identityOf(request);
    response.json(sessionOf(login, await currentPolicy(services), via));
  });
  return router.use(
    searchRoute(services),
    answersRoute(services),
    filtersRoute(services),
    rationalesRoutes(services),
    documentsRoute(services),
    operatorRoutes(services),
    noSuchPath,
    failedSignInLimit(),
  );
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
}

const requestId: RequestHandler = (_request, response, next) => {
  response.set("x-request-id", randomUUID());
  next();
};

const noStore: RequestHandler = (_request, response, next) => {
  response.set("cache-control", "no-store");
  next();
};

/** A page elsewhere that resolves its own name to 127.0.0.1 must not reach the sample logins (DNS rebinding). */
const loopbackHostOnly: RequestHandler = (request, _response, next) => {
  // Express leaves the name undefined when the request states none, whatever its types say.
  const host = (request.hostname as string | undefined) ?? "";
  if (isLoopback(host.toLowerCase().replace(/^\[|\]$/g, ""))) return next();
  throw new GroundworkError("forbidden", "With sample logins on, open Groundwork by 127.0.0.1 or localhost.");
};

/** A form of another site can send text, never JSON: so bodies are JSON or refused, and a cookie cannot be ridden. */
const jsonBodiesOnly: RequestHandler = (request, response, next) => {
  const hasBody = request.get("transfer-encoding") !== undefined || Number(request.get("content-length") ?? 0) > 0;
  if (!hasBody || request.is("application/json") === "application/json") return next();
  sendProblem(response, unsupportedMediaType);
};
