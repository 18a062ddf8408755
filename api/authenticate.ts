import { timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler } from "express";
import type { ApiKeyStore } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { Identity } from "./identity.ts";
import type { SampleSessions } from "./sample-sessions.ts";

export const SESSION_COOKIE = "groundwork_session";
/** The login that an operator asks as; counts with the operator's key alone. */
export const AS_HEADER = "x-groundwork-as";

export interface AuthenticationTools {
  readonly apiKeys: ApiKeyStore;
  /** Null where sample logins are off. */
  readonly sessions: SampleSessions | null;
  readonly operatorKey: string;
}

const identities = new WeakMap<Request, Identity>();

/** The identity that `authenticate` established for the request. */
export function identityOf(request: Request): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new GroundworkError("internal", "The request was not authenticated.");
  return identity;
}

/** Establishes who asks, from a bearer key or a session cookie, or answers 401. A user id or name alone is never an identity. */
export function authenticate(tools: AuthenticationTools): RequestHandler {
  return async (request, _response, next) => {
    const identity = await identify(request, tools);
    if (identity === null) {
      throw new GroundworkError("unauthenticated", "Sign in, or send an API key as “Authorization: Bearer …”.");
    }
    identities.set(request, identity);
    next();
  };
}

async function identify(request: Request, tools: AuthenticationTools): Promise<Identity | null> {
  const bearer = /^Bearer +(\S+)$/i.exec(request.get("authorization") ?? "")?.[1];
  if (bearer !== undefined) return byKey(request, bearer, tools);
  const token = sessionToken(request);
  const login = token === null ? null : (tools.sessions?.login(token) ?? null);
  return login === null ? null : { login, via: "sample-login" };
}

async function byKey(request: Request, key: string, tools: AuthenticationTools): Promise<Identity | null> {
  if (sameText(key, tools.operatorKey)) {
    const login = request.get(AS_HEADER);
    return login === undefined || login === "" ? null : { login, via: "operator" };
  }
  const login = await tools.apiKeys.verify(key);
  return login === null ? null : { login, via: "api-key" };
}

/** The session cookie's value, or null. */
export function sessionToken(request: Request): string | null {
  const cookies = (request.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
  const own = cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  return own === undefined ? null : own.slice(SESSION_COOKIE.length + 1);
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
