import type { Request } from "express";
import { GroundworkError } from "../infra/errors.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { type Reader, openReader } from "../retrieval/reader.ts";
import type { SearchTools } from "../retrieval/search.ts";
import type { AnswerTools } from "../retrieval/answer/answer-question.ts";
import { identityOf } from "./authenticate.ts";
import { RecheckLedger } from "./recheck-ledger.ts";
import type { Services } from "./services.ts";

/** The reader behind an authenticated request, planned against the newest policy. Errors: `not-ready` while there is none. */
export async function requestReader(
  request: Request,
  services: Services,
  companies?: readonly number[],
): Promise<Reader> {
  return openReader(identityOf(request).login, await currentPolicy(services), companies);
}

/**
 * The newest access rules. Errors: `not-ready` while there are none, and when a live Odoo has not confirmed them, and the access of what is
 * held of it, for too long.
 */
export async function currentPolicy({
  config,
  database,
}: Pick<Services, "config" | "database">): Promise<PolicySnapshot> {
  const policy = await database.policies.latest();
  if (policy === null) {
    throw notReady("Groundwork has not read the access rules yet, so nothing is shown. Try again in a moment.");
  }
  if (config.odoo.kind === "live") {
    const confirmedAt = await database.policies.confirmedAt();
    if (confirmedAt === null) {
      throw notReady("Groundwork is bringing the access of its documents up to date, so nothing is shown yet.");
    }
    if (Date.now() - Date.parse(confirmedAt) > config.following.maximumAgeMs) {
      throw notReady(
        `Odoo last confirmed at ${confirmedAt} who may read what; that is too long ago, so nothing is shown. ` +
          "Check that Groundwork is running and reaches Odoo.",
      );
    }
  }
  return policy;
}

function notReady(sentence: string): GroundworkError {
  return new GroundworkError("not-ready", sentence, { retryable: true });
}

/**
 * All that a request reads documents through: what the recheck let through is noted for the proof, and where the live recheck is on, Odoo is
 * asked as the reader before.
 */
export function requestLedger({ database, liveRecheck }: Services, reader: Reader): RecheckLedger {
  return new RecheckLedger(liveRecheck?.over(database.readable, reader) ?? database.readable);
}

/** `ledger` is the request's own: there is no other way to text. */
export function searchTools(services: Services, ledger: RecheckLedger): SearchTools {
  const { index, embedders, log, rankings, reranker, database } = services;
  return { index, embedders, tokens: database.tokens, readable: ledger.readable, log, rankings, reranker };
}

export function answerTools(services: Services, ledger: RecheckLedger): AnswerTools {
  return { ...searchTools(services, ledger), languageModel: services.languageModel };
}

/** Aborts when the client goes away before the response is complete. */
export function requestSignal(request: Request): AbortSignal {
  const controller = new AbortController();
  const { res: response } = request;
  const abortUnlessFinished = () => {
    if (response?.writableFinished !== true) controller.abort();
  };
  // Gone already: `close` will not come again.
  if (response?.closed === true) abortUnlessFinished();
  else response?.once("close", abortUnlessFinished);
  return controller.signal;
}
