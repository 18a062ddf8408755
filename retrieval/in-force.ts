import type { DocumentHead, ReadableDocuments } from "../infra/db/port.ts";
import { FILE_MODEL } from "../permissions/access-attributes.ts";
import type { Reader } from "./reader.ts";
import type { Hit } from "./search.ts";

/** What the score of an expired or superseded document is worth beside one in force. */
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

/** Puts what is in force and was not superseded before what is not or was; `superseded` holds names of versions. */
export function inForceFirst(
  hits: readonly Hit[],
  day: string,
  superseded: ReadonlySet<string> = new Set(),
): readonly Hit[] {
  const isCurrent = ({ chunk: { document } }: Hit) =>
    isInForce(document, day) && !superseded.has(versionName(document));
  return hits
    .map((hit) => (isCurrent(hit) ? hit : { ...hit, score: hit.score * EXPIRED_WORTH }))
    .sort((a, b) => b.score - a.score);
}

/**
 * The versions among the hits that a document in force supersedes, found or not, as long as the reader may read it: a hidden successor changes
 * nothing. Only files state versions. Errors: `database`, `cancelled`.
 */
export async function supersededVersions(
  hits: readonly Hit[],
  { filter, policy }: Reader,
  readable: ReadableDocuments,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const versions = hits
    .map(({ chunk }) => chunk.document)
    .filter(({ model, metadata }) => model === FILE_MODEL && metadata.version !== undefined)
    .map(versionName);
  const successors =
    versions.length === 0 ? [] : ((await readable.superseding?.([...new Set(versions)], filter, signal)) ?? []);
  return supersededNames([...successors, ...hits.map(({ chunk }) => chunk.document)], policy.takenAt);
}

/**
 * Leaves out superseded versions, which must not be cited as current. A question that names a version keeps it.
 */
export function withoutSuperseded(
  hits: readonly Hit[],
  superseded: ReadonlySet<string>,
  question: string,
): readonly Hit[] {
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
