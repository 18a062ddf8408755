import type { Database, IngestionFailure, InspectedDocument } from "../infra/db/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import { type AccessExplanation, explainAccess } from "../permissions/explain-access.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { type IsoDay, utcDay } from "../permissions/utc-day.ts";

export interface RecordQuestion {
  readonly login: string;
  readonly companies?: readonly number[] | undefined;
  /** A key, a path, a name or number, a title. */
  readonly record: string;
}

/** Why a reader may or may not see one document, for an administrator; never its text. */
export interface RecordExplanation extends AccessExplanation {
  readonly login: string;
  readonly document: Omit<InspectedDocument, "parts">;
  readonly epoch: string;
  readonly policyTakenAt: string;
  readonly day: IsoDay;
  /** Whole sentences on what was explained, such as that a newer version could not be ingested. */
  readonly notes: readonly string[];
}

/** Of those that go by one name, so many are told. */
const MOST_NAMED = 8;

/** Errors: `not-found` for what is not ingested, with the recorded failure; `invalid-request` for a name that several go by; `database`. */
export async function explainRecord(
  { login, companies, record }: RecordQuestion,
  policy: PolicySnapshot,
  { inspection, ingested }: Pick<Database, "inspection" | "ingested">,
): Promise<RecordExplanation> {
  const [found, ...others] = await inspection.named(record, MOST_NAMED + 1);
  const failures = await ingested.failures();
  if (found === undefined) throw notIngested(record, policy, failures);
  if (others.length > 0) throw ambiguous(record, [found, ...others]);
  const { parts, ...document } = found;
  const day = utcDay(new Date());
  const question = { login, parts, day, ...(companies === undefined ? {} : { companyIds: companies }) };
  const failure = failures.find(({ source, key }) => source === document.source && key === document.key);
  return {
    login,
    document,
    epoch: policy.epoch,
    policyTakenAt: policy.takenAt,
    day,
    notes: failure === undefined ? [] : [`${failureSentence(failure)} What is explained is the version before.`],
    ...explainAccess(question, policy),
  };
}

function notIngested(record: string, policy: PolicySnapshot, failures: readonly IngestionFailure[]): GroundworkError {
  const wanted = record.trim().toLowerCase();
  const recorded = failures
    .filter(({ key }) => key.toLowerCase() === wanted || key.toLowerCase().endsWith(`/${wanted}`))
    .map(failureSentence);
  const model = /^([a-z][a-z0-9_.]*)\/\d+$/.exec(record.trim())?.[1];
  const uncovered =
    model !== undefined && !policy.ingestedModels.includes(model)
      ? [`The model ${model} is not among those that are ingested.`]
      : [];
  const sentences = [`“${record}” is not ingested, so nobody may see it here.`, ...recorded, ...uncovered];
  return new GroundworkError("not-found", sentences.join(" "));
}

function failureSentence({ source, key, code, reason, at }: IngestionFailure): string {
  return `Ingesting ${key} of ${source} failed at ${at} (${code}): ${reason}`;
}

function ambiguous(record: string, found: readonly InspectedDocument[]): GroundworkError {
  const named = found.slice(0, MOST_NAMED).map(({ key, title }) => `${key} (${title})`);
  const more = found.length > MOST_NAMED ? " and others" : "";
  return new GroundworkError(
    "invalid-request",
    `Several documents go by “${record}”: ${named.join(", ")}${more}. Name one by its key.`,
  );
}
