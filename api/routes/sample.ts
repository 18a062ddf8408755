import { type Request, type Response, Router } from "express";
import { GroundworkError } from "../../infra/errors.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { auditAct } from "../audit.ts";
import { SESSION_COOKIE, sessionToken } from "../authenticate.ts";
import { currentPolicy } from "../request-reader.ts";
import { SAMPLE_LOGINS, SAMPLE_NOTICE, SAMPLE_QUESTIONS } from "../sample-logins.ts";
import type { SampleSessions } from "../sample-sessions.ts";
import { sessionRequest } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Signing in as a sample user. Mounted on loopback and over the recorded sample only. */
export function sampleRoutes(services: Services, sessions: SampleSessions): Router {
  const router = Router();
  router.get("/sample", (_request, response) => {
    response.json({ notice: SAMPLE_NOTICE, logins: SAMPLE_LOGINS, questions: SAMPLE_QUESTIONS });
  });
  router.post("/session", async (request, response) => {
    const { login } = sessionRequest.parse(request.body);
    const policy = await currentPolicy(services);
    if (!SAMPLE_LOGINS.some((user) => user.login === login)) {
      throw new GroundworkError("unauthenticated", "There is no such sample user; GET /v1/sample lists them.");
    }
    await auditAct(request, services, { action: "sign-in", login, via: "sample-login", outcome: "signed in" });
    closeSession(request, sessions);
    setCookie(response, sessions.open(login));
    response.status(201).json(sessionOf(login, policy, "sample-login"));
  });
  router.delete("/session", (request, response) => {
    closeSession(request, sessions);
    response.clearCookie(SESSION_COOKIE, { path: "/" }).status(204).end();
  });
  return router;
}

function closeSession(request: Request, sessions: SampleSessions): void {
  const token = sessionToken(request);
  if (token !== null) sessions.close(token);
}

function setCookie(response: Response, token: string): void {
  response.cookie(SESSION_COOKIE, token, { httpOnly: true, sameSite: "strict", path: "/" });
}

/** Who is signed in, as the page shows it. */
export function sessionOf(login: string, policy: PolicySnapshot, via: string) {
  const principal = resolvePrincipal(login, policy);
  return {
    login: principal.login,
    name: principal.name,
    companies: policy.companies
      .filter(({ id }) => principal.companyIds.includes(id))
      .map(({ id, name }) => ({ id, name })),
    via,
  };
}
