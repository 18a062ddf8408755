import type { Answer } from "../../retrieval/answer/answer.ts";
import { marks, sourcesText } from "./sources-text.ts";

/** An answer for a terminal. */
export function answerText(answer: Answer, login: string): string {
  const head = `${answer.question}\n  as ${login}, ${answer.method === "model" ? "written by the language model and checked" : "in the sources' own words"}`;
  const note = answer.degraded === null ? [] : [`Note: ${answer.degraded}`];
  if (answer.status === "abstained") return [head, "", answer.message ?? "", ...note].join("\n");
  const statements = answer.statements.map(({ text, citations }) => `• ${text} ${marks(citations)}`);
  return [head, "", ...statements, "", "Sources", sourcesText(answer.citations), ...note].join("\n");
}
