import type { Request } from "express";
import { z } from "zod";
import { GroundworkError } from "../infra/errors.ts";

/** CloudEvents 1.0 in structured mode; in binary mode the body is the data alone and the attributes are headers. */
export const JSON_EVENT = "application/cloudevents+json";

const attribute = z.string().min(1);
const required = { specversion: z.literal("1.0"), id: attribute, source: attribute, type: attribute };

/** What CloudEvents requires; everything else, the data above all, may be anything. */
export const cloudEvent = z.looseObject(required).openapi("CloudEvent");
export const anyJson = z.unknown().openapi({ description: "Any JSON; it decides nothing." });

export const eventHeaders = z.object({
  "webhook-id": attribute,
  "webhook-timestamp": z.string().openapi({ description: "Seconds since 1970, at most five minutes from now." }),
  "webhook-signature": z.string().openapi({
    description: "`v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; several are separated by spaces.",
  }),
  "ce-specversion": z
    .literal("1.0")
    .optional()
    .openapi({ description: "In binary mode, as are ce-id, ce-source, ce-type." }),
});
export const eventPath = z.object({ token: z.string() });

/** Throws `invalid-request` or a ZodError unless the request is one event. */
export function requireCloudEvent(request: Request, body: Buffer): void {
  if (request.is(JSON_EVENT) === JSON_EVENT) {
    cloudEvent.parse(jsonOf(body));
    return;
  }
  const stated = Object.keys(required).map((name) => [name, request.get(`ce-${name}`)]);
  z.object(required).parse(Object.fromEntries(stated));
  if (body.length > 0) jsonOf(body);
}

/** Throws `invalid-request` when the body is not JSON in UTF-8. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new GroundworkError("invalid-request", "The event is not JSON in UTF-8.", { cause });
  }
}
