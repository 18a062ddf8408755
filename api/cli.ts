import { Command } from "commander";
import type { IngestionFailure } from "../infra/db/port.ts";
import type { Answer } from "../retrieval/answer/answer.ts";
import type { Rationale } from "../retrieval/approvals/rationale.ts";
import type { IngestionReport } from "../ingest/ingest-source.ts";
import type { IngestionStatus } from "../ingest/ingestion-status.ts";
import type { RecordExplanation } from "./explain-record.ts";
import { exitOnError } from "./exit-on-error.ts";
import { addFilterOptions, companyIds, type FilterOptions, filtersOf } from "./filter-options.ts";
import { addIndexCommand } from "./index-command.ts";
import { OPERATOR, type OperatorClient, openOperatorClient, problemError } from "./operator-client.ts";
import { answerText } from "./print/answer-text.ts";
import { explanationText, isSound } from "./print/explanation-text.ts";
import { ingestionStatusText } from "./print/ingestion-status-text.ts";
import { ingestionText } from "./print/ingestion-text.ts";
import { rationaleText } from "./print/rationale-text.ts";
import { replayText } from "./print/replay-text.ts";
import { progressBar } from "./progress-bar.ts";
import type { RequestReplay } from "./replay-request.ts";
import { readEventStream } from "./web/source/read-event-stream.ts";

const program = new Command("groundwork")
  .description("Cited answers and approval rationales, as Odoo lets each reader read.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

addFilterOptions(
  program
    .command("ask")
    .description("Asks a question as a login; audited.")
    .requiredOption("--as <login>", "whose eyes to read with")
    .option("--json", "the answer as JSON"),
)
  .argument("<question...>")
  .action((question: string[], options: { as: string; json?: boolean } & FilterOptions) =>
    withClient(async (client) => {
      await ingestIfEmpty(client, options.as);
      const answer = (await json(client, "POST", "/v1/answers", options.as, {
        question: question.join(" "),
        ...filtersOf(options),
      })) as Answer;
      print(options.json === true ? JSON.stringify(answer, null, 2) : answerText(answer, options.as));
    }),
  );

program
  .command("rationale")
  .description("Prepares the approval of a purchase order as a login; audited.")
  .requiredOption("--as <login>", "whose eyes to read with")
  .option("--json", "the rationale as JSON")
  .argument("<order>", "name, vendor reference or id")
  .action((order: string, options: { as: string; json?: boolean }) =>
    withClient(async (client) => {
      await ingestIfEmpty(client, options.as);
      const rationale = (await json(client, "POST", "/v1/rationales", options.as, { order })) as Rationale;
      print(options.json === true ? JSON.stringify(rationale, null, 2) : rationaleText(rationale));
    }),
  );

program
  .command("ingest")
  .description(
    "Brings everything up to date; a folder named here is added and kept up to date from then on. “status” shows what is held and what is not, and why; “pause” and “resume” stop and continue the work; “retry” and “discard” take all failures, or the one that is named.",
  )
  .option("--coverage", "with “status”: counts the records in Odoo as well")
  .argument("[folder]", "a folder of documents, or status, pause, resume, retry, discard")
  .argument("[failure]", "with retry or discard: the key of what failed")
  .action((what: string | undefined, failure: string | undefined, { coverage = false }: { coverage?: boolean }) =>
    withClient(async (client) => {
      if (what === "status") print(ingestionStatusText(await status(client, coverage)));
      else if (what === "pause" || what === "resume") await setPaused(client, what);
      else if (what === "retry" || what === "discard") await settleFailures(client, what, failure);
      else await ingest(client, what);
    }),
  );

const keys = program.command("key").description("API keys for other services.");
keys
  .command("create")
  .description("Makes a key that reads as a login. It is shown once.")
  .argument("<login>")
  .argument("[label]")
  .action((login: string, label: string | undefined) =>
    withClient(async (client) => {
      const made = (await json(client, "POST", "/v1/keys", OPERATOR, {
        login,
        ...(label === undefined ? {} : { label }),
      })) as { key: string; id: string };
      print(`Key ${made.id} for ${login}, shown only now:\n${made.key}`);
    }),
  );
keys
  .command("list")
  .action(() =>
    withClient(async (client) => print(JSON.stringify(await json(client, "GET", "/v1/keys", OPERATOR), null, 2))),
  );
keys
  .command("revoke")
  .argument("<id>")
  .action((id: string) =>
    withClient(async (client) => {
      await client.send("DELETE", `/v1/keys/${encodeURIComponent(id)}`, OPERATOR);
      print(`Key ${id} no longer opens anything.`);
    }),
  );

const access = program.command("access").description("Why a reader sees what; both are audited.");
access
  .command("explain")
  .description("Tells, rule by rule, why a reader may or may not see a record. Never shows its text.")
  .requiredOption("--as <login>", "whose access is explained")
  .option("--companies <ids>", "active companies, the current one first, such as 2,1", companyIds)
  .option("--json", "the explanation as JSON")
  .argument("<record...>", "purchase.order/12, a path, a name or number, or a title")
  .action((record: string[], options: { as: string; companies?: readonly number[]; json?: boolean }) =>
    withClient(async (client) => {
      const explanation = (await json(client, "POST", "/v1/access/explain", OPERATOR, {
        login: options.as,
        ...(options.companies === undefined ? {} : { companies: options.companies }),
        record: record.join(" "),
      })) as RecordExplanation;
      print(options.json === true ? JSON.stringify(explanation, null, 2) : explanationText(explanation));
      if (!isSound(explanation)) process.exitCode = 1;
    }),
  );
access
  .command("replay")
  .description("Decides again about what a request showed, by the policy of then. Exit code 1 when anything differs.")
  .option("--json", "the replay as JSON, with the proofs")
  .argument("<request id>", "X-Request-Id of the response")
  .action((requestId: string, options: { json?: boolean }) =>
    withClient(async (client) => {
      const replay = (await json(client, "POST", "/v1/access/replay", OPERATOR, { requestId })) as RequestReplay;
      print(options.json === true ? JSON.stringify(replay, null, 2) : replayText(replay));
      if (!replay.agrees) process.exitCode = 1;
    }),
  );

addIndexCommand(program);

async function withClient(run: (client: OperatorClient) => Promise<void>): Promise<void> {
  await using client = await openOperatorClient();
  await run(client);
}

async function json(
  client: OperatorClient,
  method: string,
  path: string,
  as: string,
  body?: unknown,
): Promise<unknown> {
  return (await client.send(method, path, as, body)).json();
}

async function status(client: OperatorClient, coverage = false): Promise<IngestionStatus> {
  return (await json(client, "GET", `/v1/ingestion?coverage=${coverage}`, OPERATOR)) as IngestionStatus;
}

async function setPaused(client: OperatorClient, what: "pause" | "resume"): Promise<void> {
  await client.send("POST", `/v1/ingestion/${what}`, OPERATOR, {});
  print(
    what === "pause"
      ? "Paused: what is queued waits. Who may read what is followed all the same."
      : "Resumed: what is queued is worked on by the running processes.",
  );
}

async function settleFailures(client: OperatorClient, what: "retry" | "discard", key?: string): Promise<void> {
  const body = key === undefined ? {} : { key };
  const { count } = (await json(client, "POST", `/v1/ingestion/failures/${what}`, OPERATOR, body)) as { count: number };
  const failures = count === 1 ? "1 failure" : `${count} failures`;
  print(
    what === "retry"
      ? `${failures} tried again; see status.`
      : `${failures} discarded until the file or record changes.`,
  );
}

/** The first command on a fresh clone may be a question. */
async function ingestIfEmpty(client: OperatorClient, login: string): Promise<void> {
  const { counts } = await status(client);
  if (counts.length === 0) {
    process.stderr.write(`Nothing is ingested yet; doing that before ${login}'s question.\n`);
    await ingest(client, undefined);
  }
}

async function ingest(client: OperatorClient, folder: string | undefined): Promise<void> {
  const response = await client.send("POST", "/v1/ingestions", OPERATOR, folder === undefined ? {} : { folder });
  const bar = progressBar("Ingesting");
  try {
    for await (const { name, data } of readEventStream(response.body ?? new ReadableStream())) {
      const value: unknown = JSON.parse(data);
      if (name === "progress") bar.update(value as Parameters<typeof bar.update>[0]);
      if (name === "error") throw problemError(value as Parameters<typeof problemError>[0]);
      if (name === "done") {
        bar.stop();
        print(ingestionText(value as { reports: IngestionReport[]; failures: IngestionFailure[] }));
      }
    }
  } finally {
    bar.stop();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await exitOnError(async () => void (await program.parseAsync()));
