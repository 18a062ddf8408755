import type { Database, InspectedDocument, ProvenEntry } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { AccessProof } from "../permissions/access-proof.ts";
import { replayProof } from "../permissions/replay-proof.ts";

/** What a document's text is now, against the text that was shown. Texts change in the course of things; that proves nothing wrong. */
type TextSince = "unchanged" | "changed" | "gone";

export interface ReplayedEntry {
  readonly at: string;
  readonly action: string;
  readonly login: string;
  readonly via: string;
  readonly outcome: string;
  readonly proof: AccessProof;
  readonly isEpochKept: boolean;
  /** In whole sentences; empty when the decision comes out as it was recorded. */
  readonly differences: readonly string[];
  readonly sources: readonly {
    readonly documentId: string;
    readonly part: string;
    /** Title and key as they are now; null when the document is gone. */
    readonly title: string | null;
    readonly key: string | null;
    readonly at: string;
    readonly readable: boolean | null;
    readonly text: TextSince;
  }[];
}

export interface RequestReplay {
  readonly requestId: string;
  /** Whether everything came out as it was recorded. */
  readonly agrees: boolean;
  readonly entries: readonly ReplayedEntry[];
}

/** Decides again, from the audit trail, about all that one request showed. Errors: `not-found` when it showed nothing or is not there. */
export async function replayRequest(
  requestId: string,
  database: Pick<Database, "audit" | "policies" | "inspection">,
): Promise<RequestReplay> {
  const recorded = await database.audit.ofRequest(requestId);
  if (recorded.length === 0) throw new GroundworkError("not-found", "The audit trail has no such request.");
  const entries: ReplayedEntry[] = [];
  for (const { entry, proof } of recorded) {
    if (proof !== null) entries.push(await replayEntry({ entry, proof }, database));
  }
  if (entries.length === 0) {
    const [{ action, at }] = recorded.map(({ entry }) => entry) as [ProvenEntry["entry"]];
    throw new GroundworkError(
      "not-found",
      `For this request (${action}, ${at}) no proof is kept: it showed no documents, or was recorded before proofs were kept.`,
    );
  }
  return { requestId, agrees: entries.every(({ differences }) => differences.length === 0), entries };
}

async function replayEntry(
  { entry, proof }: ProvenEntry & { readonly proof: AccessProof },
  { policies, inspection }: Pick<Database, "policies" | "inspection">,
): Promise<ReplayedEntry> {
  const policy = await policies.at(proof.epoch);
  const documents = await inspection.byId(proof.sources.map(({ documentId }) => documentId));
  const byId = new Map(documents.map((document) => [document.documentId, document]));
  const replay =
    policy === null
      ? {
          differences: [`The policy of epoch ${proof.epoch} is no longer kept, so the decision cannot be made again.`],
          sources: proof.sources.map(({ documentId, part, recheck }) => ({
            documentId,
            part,
            at: recheck.at,
            readable: null,
          })),
        }
      : replayProof(proof, policy);
  const { at, action, login, via, outcome } = entry;
  return {
    at,
    action,
    login,
    via,
    outcome,
    proof,
    isEpochKept: policy !== null,
    differences: [...trailDifferences(entry, proof), ...replay.differences],
    sources: replay.sources.map((source, index) => {
      const document = byId.get(source.documentId);
      return {
        ...source,
        title: document?.title ?? null,
        key: document?.key ?? null,
        text: textSince(document, source.part, proof.sources[index]?.textHash),
      };
    }),
  };
}

/** What the audit entry says beside its proof must be the same. */
function trailDifferences(entry: ProvenEntry["entry"], proof: AccessProof): readonly string[] {
  const named = new Set(proof.sources.map(({ documentId }) => documentId));
  const facts = [
    ["login", entry.login, proof.principal.login],
    ["epoch", entry.epoch, proof.epoch],
    ["filter", entry.filterHash, proof.filterHash],
    ["documents", entry.documentIds.toSorted().join(", "), [...named].sort().join(", ")],
  ] as const;
  return facts
    .filter(([, inEntry, inProof]) => inEntry !== inProof)
    .map(([name, inEntry, inProof]) => `The audit entry has the ${name} “${inEntry}”, its proof “${inProof}”.`);
}

function textSince(document: InspectedDocument | undefined, part: string, textHash: string | undefined): TextSince {
  const now = document?.parts.find((candidate) => candidate.part === part);
  if (now === undefined) return "gone";
  return now.textHash === textHash ? "unchanged" : "changed";
}
