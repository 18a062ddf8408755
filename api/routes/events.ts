import express, { type Request, type RequestHandler, Router } from "express";
import { LRUCache } from "lru-cache";
import { GroundworkError } from "../../infra/errors.ts";
import { JSON_EVENT, jsonOf, requireCloudEvent } from "../cloud-event.ts";
import { sendProblem, unsupportedMediaType } from "../error-response.ts";
import type { Services } from "../services.ts";
import { sameSecret, verifiedMessageId } from "../webhook-signature.ts";

const LARGEST_BODY = "100kb";
/** Twice the tolerance of the timestamp: a sender's clock may be ahead. */
const REMEMBERED_MS = 600_000;
const MOST_REMEMBERED = 10_000;
/** Events that come together, as those of an import do, are one nudge. */
const TOGETHER_MS = 100;

/**
 * Events from Odoo that something has changed. Whatever one says, it is a nudge to look: neither what is read nor who may read it depends on
 * its content. Without the setting that opens them, the addresses are as unknown as any other.
 */
export function eventsRoutes({ config, ingestion }: Services): Router {
  const { secret, token } = config.webhook;
  const seen = new LRUCache<string, true>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS });
  const nudge = together(() => ingestion.lookNow());
  const raw = express.raw({ type: () => true, limit: LARGEST_BODY, inflate: false });
  const router = Router();
  router.post("/events", opened(secret), eventTypesOnly, raw, (request, response) => {
    const body = bodyOf(request);
    const signed = {
      id: request.get("webhook-id"),
      timestamp: request.get("webhook-timestamp"),
      signature: request.get("webhook-signature"),
      body,
    };
    const id = verifiedMessageId(signed, secret?.reveal() ?? "");
    requireCloudEvent(request, body);
    if (!seen.has(id)) nudge();
    seen.set(id, true);
    response.status(202).end();
  });
  router.post("/events/:token", opened(token), jsonOnly, raw, (request, response) => {
    if (!sameSecret(String(request.params["token"]), token?.reveal() ?? "")) {
      throw new GroundworkError("unauthenticated", "This is not the address that events are taken at.");
    }
    jsonOf(bodyOf(request));
    nudge();
    response.status(202).end();
  });
  return router;
}

function opened(setting: object | null): RequestHandler {
  return (_request, _response, next) => next(setting === null ? "router" : undefined);
}

/** Structured events, and binary ones whose data is JSON or that have none. */
const eventTypesOnly: RequestHandler = (request, response, next) => {
  const isBinary = request.get("ce-specversion") !== undefined;
  const isFit = isBinary ? !hasBody(request) || isJson(request) : request.is(JSON_EVENT) === JSON_EVENT;
  if (isFit) return next();
  sendProblem(response, {
    ...unsupportedMediaType,
    detail: `Send the event as ${JSON_EVENT}, or as JSON with ce- headers.`,
  });
};

const jsonOnly: RequestHandler = (request, response, next) => {
  if (isJson(request)) return next();
  sendProblem(response, unsupportedMediaType);
};

function isJson(request: Request): boolean {
  return (
    request.is(["application/json", "application/*+json"]) !== false &&
    request.is("application/cloudevents-batch+json") === false
  );
}

function hasBody(request: Request): boolean {
  return request.get("transfer-encoding") !== undefined || Number(request.get("content-length") ?? 0) > 0;
}

function bodyOf(request: Request): Buffer {
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function together(act: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      act();
    }, TOGETHER_MS).unref();
  };
}
