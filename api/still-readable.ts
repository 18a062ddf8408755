import type { Request } from "express";
import { GroundworkError } from "../infra/errors.ts";
import { evaluateAccess } from "../permissions/evaluate-access.ts";
import { requestReader } from "./request-reader.ts";
import type { Services } from "./services.ts";

/** A part of a document that is about to be shown. */
interface CitedPart {
  readonly documentId: string;
  readonly part: string;
}

/**
 * Holds what was read a while ago against the newest policy and attributes, right before it is shown: an answer may take a model a
 * minute, and access may be taken away meanwhile. Errors: `access-changed` when any of it may not be read any more; those of `requestReader`.
 */
export async function assertStillReadable(
  request: Request,
  cited: readonly CitedPart[],
  services: Services,
  companies?: readonly number[],
): Promise<void> {
  if (cited.length === 0) return;
  const { filter } = await requestReader(request, services, companies);
  const documents = await services.database.inspection.byId(cited.map(({ documentId }) => documentId));
  const parts = new Map(
    documents.flatMap(({ documentId, parts: held }) =>
      held.map(({ part, attributes }) => [`${documentId} ${part}`, attributes] as const),
    ),
  );
  const isReadable = ({ documentId, part }: CitedPart): boolean => {
    const attributes = parts.get(`${documentId} ${part}`);
    return attributes !== undefined && evaluateAccess(filter, attributes);
  };
  if (cited.every(isReadable)) return;
  throw new GroundworkError(
    "access-changed",
    "What you may read has changed while the answer was being made, so it is not shown. Ask again.",
    { retryable: true },
  );
}
