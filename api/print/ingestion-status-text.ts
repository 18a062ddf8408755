import type { ModelCoverage } from "../../ingest/coverage.ts";
import type { IngestionStatus, PolicyStatus } from "../../ingest/ingestion-status.ts";
import { columns } from "./columns.ts";
import { progressText } from "./progress-text.ts";
import { failuresText } from "./ingestion-text.ts";

/** Of many people, those who are named. */
const MOST_NAMED = 3;

/** What is held, what is not there and why, by which rules it is shown, and what an operator may do about it. */
export function ingestionStatusText(status: IngestionStatus): string {
  const sections = [
    heldText(status),
    workText(status),
    failuresText(status.failures),
    status.policy === null
      ? ["The access rules were not read from Odoo yet, so nothing is shown to anybody."]
      : policyText(status.policy),
    ...(status.coverage === null ? [] : [coverageText(status.coverage)]),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function heldText({ counts, unreadable }: IngestionStatus): readonly string[] {
  if (counts.length === 0) return ["Nothing is ingested yet."];
  const total = counts.reduce((sum, count) => sum + count.unreadable, 0);
  const rows = counts.map((count) => [count.source, count.model, count.documents, "documents", count.chunks, "chunks"]);
  const more = total > unreadable.length ? [`  and ${total - unreadable.length} more`] : [];
  return [
    "Held:",
    ...columns(rows),
    ...section(`${files(total)} that nobody may read, because no access is stated:`, [
      ...unreadable.map(({ source, key }) => `  ${source} ${key}`),
      ...more,
    ]),
  ];
}

function workText({ work }: IngestionStatus): readonly string[] {
  const isIdle = work.stages.every(({ waiting, active }) => waiting + active === 0);
  if (isIdle && !work.paused) return [];
  return [
    work.paused ? `Work is paused: ${progressText({ ...work, paused: false })}.` : `At work: ${progressText(work)}.`,
  ];
}

function policyText(policy: PolicyStatus): readonly string[] {
  const { refusedRules, decidedInCode, partlySeen, syncFindings } = policy;
  const rules = refusedRules.map(({ rule, model, reason }) => [model, rule === "" ? reason : `“${rule}”: ${reason}`]);
  return [
    `Access rules: as of ${policy.takenAt}, epoch ${policy.epoch}.`,
    followingText(policy),
    ...section(
      "Rules that cannot be planned exactly; whomever one concerns is shown nothing of its model:",
      columns(rules),
    ),
    ...(syncFindings ?? []),
    ...section("Models that are shown to nobody:", columns(decidedInCode.map(({ model, reason }) => [model, reason]))),
    ...(partlySeen === null && policy.following !== "recorded"
      ? ["Which models the sync account sees only in part is not known, because Odoo does not tell whose key it is."]
      : section(
          "Models of which these people may see more than the sync account; what only they see is found with their own keys (ODOO_READER_KEYS):",
          columns(
            (partlySeen ?? []).map((seen) => [
              seen.model,
              peopleText(seen.logins),
              seen.isRefused ? "the account may not read it at all" : "",
            ]),
          ),
        )),
  ];
}

function followingText({ following, confirmedAt, confirmedSecondsAgo }: PolicyStatus): string {
  if (following === "recorded") return "Odoo is a recorded one, which stands still.";
  const followed = following === "followed" ? "Odoo is being followed" : "Odoo is not being followed: start the server";
  if (confirmedAt === null || confirmedSecondsAgo === null) {
    return `${followed}. It has not confirmed them and the access of what is held yet.`;
  }
  return `${followed}. It last confirmed them, and the access of what is held, at ${confirmedAt}, ${agoText(confirmedSecondsAgo)} ago.`;
}

function agoText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

function coverageText(coverage: readonly ModelCoverage[]): readonly string[] {
  const rows = coverage.map((model) => [
    model.model,
    ...(model.inOdoo === null ? ["refused", ""] : [model.inOdoo, "in Odoo"]),
    model.held,
    "held",
    differenceText(model),
  ]);
  const total = coverage.reduce((sum, { inOdoo }) => sum + (inOdoo ?? 0), 0);
  const held = coverage.reduce((sum, model) => sum + model.held, 0);
  return ["Coverage, in records:", ...columns([...rows, ["all", total, "in Odoo", held, "held"]])];
}

function differenceText({ failed, empty, waiting, unexplained, gone, refusal }: ModelCoverage): string {
  if (refusal !== null) return refusal;
  const reasons: readonly (readonly [number, string])[] = [
    [failed, "failed, see above"],
    [empty, "with nothing to show"],
    [waiting, "not read yet"],
    [unexplained, "more not held"],
    [gone, "held that are gone from Odoo"],
  ];
  return reasons
    .filter(([count]) => count > 0)
    .map(([count, reason]) => `${count} ${reason}`)
    .join(", ");
}

function peopleText(logins: readonly string[]): string {
  const named = logins.slice(0, MOST_NAMED).join(", ");
  return logins.length > MOST_NAMED ? `${named} and ${logins.length - MOST_NAMED} more` : named;
}

function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}
