import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const sourceSchema = z.strictObject({
  /** A file's key below the folder of documents, or a record's title. */
  document: z.string().min(1),
  /** What a right citation contains, word for word but for white space; absent: the document is enough. */
  quote: z.string().min(1).optional(),
});

const logins = z.array(z.string().min(1)).readonly();

const questionSchema = z.strictObject({
  id: z.string().min(1),
  question: z.string().min(1),
  readers: logins.default([]),
  forbidden: logins.default([]),
  sources: z.array(sourceSchema).readonly().default([]),
});

const questionsSchema = z.strictObject({
  everybody: logins,
  files: z.record(z.string(), logins),
  documents: z.array(questionSchema),
  records: z.array(questionSchema),
  unanswerable: z.array(questionSchema),
});

export type ExpectedSource = z.infer<typeof sourceSchema>;
export type QuestionKind = "documents" | "records" | "unanswerable";

export interface EvaluatedQuestion extends z.infer<typeof questionSchema> {
  readonly kind: QuestionKind;
  /** False: whoever asks must be told that the sources do not say. */
  readonly answerable: boolean;
  /** Answers were calibrated on half 0 and are reported on both. */
  readonly half: 0 | 1;
}

export interface EvaluationSet {
  readonly questions: readonly EvaluatedQuestion[];
  /** Who may read each file, stated by hand. */
  readonly readersOfFiles: ReadonlyMap<string, readonly string[]>;
}

/** Reads and checks `questions.yaml`; throws zod's error for a set that is malformed. */
export function loadQuestions(): EvaluationSet {
  const set = questionsSchema.parse(parse(readFileSync(new URL("questions.yaml", import.meta.url), "utf8")));
  const questions = (["documents", "records", "unanswerable"] as const).flatMap((kind) =>
    set[kind].map((question, index) => ({
      ...question,
      kind,
      answerable: kind !== "unanswerable",
      half: index % 2 === 0 ? (0 as const) : (1 as const),
    })),
  );
  return { questions, readersOfFiles: new Map(Object.entries(set.files)) };
}
