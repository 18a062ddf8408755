import type { ReadablePart } from "../../infra/db/port.ts";
import { CitationList } from "../citation.ts";
import { isInForce, supersededNames, versionName } from "../in-force.ts";
import type { Reader } from "../reader.ts";
import type { SearchTools } from "../search.ts";
import { agreedTerms, agreementWith } from "./agreed-terms.ts";
import { agreementEvidence } from "./agreement-evidence.ts";
import { checkClauses } from "./check-clauses.ts";
import { numbered } from "./cited-line.ts";
import { ORDER_MODEL, findOrder } from "./find-order.ts";
import { orderBasics } from "./order-basics.ts";
import { OrderFacts } from "./order-facts.ts";
import { orderNotes } from "./order-notes.ts";
import type { ClauseFinding, Rationale } from "./rationale.ts";
import { recommend } from "./recommend.ts";
import { recordReader } from "./read-records.ts";
import { stockCover } from "./stock-cover.ts";
import { supplierHistory } from "./supplier-history.ts";

/** Documents of one kind that are looked through for an approval. */
const MOST_DOCUMENTS = 500;

/**
 * Prepares what a person needs to decide about a purchase order: its facts, the policy clauses in force and whether each holds, the
 * supplier's history, stock urgency, and what is missing. Everything comes from what this reader may read and is cited.
 * Errors: `not-found`, `database`, `index`, `cancelled`.
 */
export async function prepareRationale(
  order: string,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<Rationale> {
  const asOf = reader.policy.takenAt;
  const read = recordReader(tools.readable, reader, signal);
  const documents = (kind: string) =>
    tools.readable.parts({ model: "file", kind, limit: MOST_DOCUMENTS }, reader.filter, signal);
  const record = await findOrder(order, read);
  const facts = new OrderFacts();
  const agreement = agreementWith(record, await documents("supplier-agreement"), asOf);

  const basics = orderBasics(record, reader, facts, asOf);
  const terms = await agreedTerms(record, agreement, read, facts, asOf);
  const history = await supplierHistory(record, read, facts, asOf);
  const stock = await stockCover(record, read, facts, asOf);
  const notes = await orderNotes(record, read, facts);
  const evidence = await agreementEvidence(agreement, facts, reader, tools, signal);

  const citations = new CitationList();
  const clauses = policyFindings(await documents("policy"), facts, citations, asOf);
  const judgement = recommend(clauses, facts);
  return {
    record: {
      documentId: record.document.documentId,
      title: record.document.title,
      model: record.document.model,
      recordId: record.document.recordId ?? 0,
    },
    preparedFor: reader.principal.name,
    asOf,
    ...judgement,
    facts: numbered(basics, citations),
    clauses,
    supplier: numbered([...terms, ...history], citations),
    stock: numbered(stock, citations),
    evidence: numbered([...evidence, ...notes], citations),
    missing: facts.missing,
    citations: citations.all(),
  };
}

function policyFindings(
  policies: readonly ReadablePart[],
  facts: OrderFacts,
  citations: CitationList,
  asOf: string,
): readonly ClauseFinding[] {
  const superseded = supersededNames(
    policies.map(({ document }) => document),
    asOf,
  );
  const inForce = policies.filter(
    ({ document }) => isInForce(document, asOf) && !superseded.has(versionName(document)),
  );
  const findings = inForce.flatMap((policy) => checkClauses(policy, ORDER_MODEL, facts, citations));
  if (findings.length === 0) facts.miss("A purchase approval policy in force with clauses that can be checked.");
  return findings;
}
