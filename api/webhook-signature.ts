import { createHmac, timingSafeEqual } from "node:crypto";
import { GroundworkError } from "../infra/errors.ts";

/** How far the sender's clock may be from ours, and how old an event may be. */
const TOLERANCE_SECONDS = 300;
/** Ids and signatures longer than any sender's are not worth hashing. */
const LONGEST_ID = 256;
const MOST_SIGNATURES = 10;

export interface SignedMessage {
  readonly id: string | undefined;
  /** Seconds since 1970, in digits. */
  readonly timestamp: string | undefined;
  /** `v1,<base64>`, several separated by spaces: the sender is changing its secret. */
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/**
 * Checks a message that is signed as Standard Webhooks says and returns its id. A secret `whsec_…` is base64, any other is taken as it is.
 * Throws `unauthenticated`, with one sentence for whatever is wrong.
 */
export function verifiedMessageId(message: SignedMessage, secret: string, nowMs = Date.now()): string {
  const { id, timestamp, signature, body } = message;
  const isTimely = timestamp !== undefined && /^\d{1,12}$/.test(timestamp) && isNear(Number(timestamp), nowMs);
  if (id === undefined || id.length === 0 || id.length > LONGEST_ID || !isTimely || signature === undefined)
    throw refused();
  const wanted = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
  const given = signature.split(" ").slice(0, MOST_SIGNATURES);
  // All are compared, so that the time tells nothing about which.
  if (given.filter((each) => isSignature(each, wanted)).length === 0) throw refused();
  return id;
}

/** In a time that does not depend on where they differ. */
export function sameSecret(given: string, secret: string): boolean {
  const [left, right] = [given, secret].map((text) => createHmac("sha256", "").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function isNear(seconds: number, nowMs: number): boolean {
  return Math.abs(nowMs / 1_000 - seconds) <= TOLERANCE_SECONDS;
}

function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
}

function isSignature(given: string, wanted: Buffer): boolean {
  if (!given.startsWith("v1,")) return false;
  const bytes = Buffer.from(given.slice("v1,".length), "base64");
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}

function refused(): GroundworkError {
  return new GroundworkError(
    "unauthenticated",
    "The event is not signed as it must be: check the shared secret, the headers webhook-id, webhook-timestamp and webhook-signature, and the sender's clock.",
  );
}
