import type { DocumentHead } from "../infra/db/port.ts";
import type { Hit } from "./search.ts";

/** What an expired document's score is worth beside one in force. */
const EXPIRED_WORTH = 0.5;

/** Whether the document is in force on the day (an ISO date or instant); a document that states no dates is. */
export function isInForce(document: DocumentHead, day: string): boolean {
  const { effective, expires } = document.metadata;
  return isWithinTerm(effective ?? null, expires ?? null, day);
}

/** Whether the day (an ISO date or instant) lies in a term of ISO dates, both inclusive; null leaves that side open. */
export function isWithinTerm(start: string | null, end: string | null, day: string): boolean {
  const date = day.slice(0, 10);
  return (start === null || start <= date) && (end === null || end >= date);
}

/** Puts what is in force before what is not. */
export function inForceFirst(hits: readonly Hit[], day: string): readonly Hit[] {
  return hits
    .map((hit) => (isInForce(hit.chunk.document, day) ? hit : { ...hit, score: hit.score * EXPIRED_WORTH }))
    .sort((a, b) => b.score - a.score);
}

/**
 * Leaves out versions that another hit supersedes: they must not be cited as current. A question that names a version keeps it.
 * Only the hits themselves are looked at, which the reader may read, so that a hidden successor changes nothing.
 */
export function withoutSuperseded(hits: readonly Hit[], day: string, question: string): readonly Hit[] {
  const superseded = supersededNames(
    hits.map(({ chunk }) => chunk.document),
    day,
  );
  return hits.filter(
    ({ chunk }) => !superseded.has(versionName(chunk.document)) || namesVersion(question, chunk.document),
  );
}

/** The versions that documents in force supersede, under their `versionName`. */
export function supersededNames(documents: readonly DocumentHead[], day: string): ReadonlySet<string> {
  return new Set(
    documents.filter((document) => isInForce(document, day)).flatMap(({ metadata }) => metadata.supersedes ?? []),
  );
}

/** A document's reference and version as `supersedes` names them, such as `FIN-POL-001 v2`. */
export function versionName(document: DocumentHead): string {
  const { reference = document.title, version } = document.metadata;
  return version === undefined ? reference : `${reference} v${version}`;
}

function namesVersion(question: string, document: DocumentHead): boolean {
  const named = [...question.matchAll(/\bv(?:ersion)?\.?\s?(\d+)\b/giu)].map(([, version]) => version);
  return document.metadata.version !== undefined && named.includes(document.metadata.version);
}
