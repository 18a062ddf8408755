import type { AccessAttributes } from "../access-attributes.ts";
import type { AccessExpression } from "../access-filter.ts";
import { describeAttributes } from "../describe-attributes.ts";
import { describeGroups } from "../describe-groups.ts";
import { evaluateExpression } from "../evaluate-access.ts";
import { type ExplainedStep, conjunction, disjunction, note, step } from "../explained-step.ts";
import { PermissionError } from "../permission-error.ts";
import { CODE_DECIDED_MODELS } from "./code-decided-models.ts";
import { DEPENDENT_MODELS, RECORD_PREFIX, attachmentWays, messageWays } from "./dependent-models.ts";
import { type Explaining, explainRules } from "./explain-rules.ts";
import { publicTwin } from "./public-twin.ts";

/**
 * Why the principal may or may not read a record as it is shown, apart from its field groups: what `planModels` decides, step by step.
 * All steps that it returns must hold.
 */
export function explainRecord(attributes: AccessAttributes, explaining: Explaining): readonly ExplainedStep[] {
  const { policy } = explaining;
  const model = modelOf(attributes);
  if (model === null) return [step("unknown", "The part does not say of which model it is, so nobody may read it.")];
  if (!policy.ingestedModels.includes(model)) {
    return [
      step(
        false,
        `The policy does not cover ${model}, which is not among the ingested models; nothing of it is shown.`,
      ),
    ];
  }
  if (model === "mail.message") return explainMessage(attributes, explaining);
  if (model === "ir.attachment") return explainAttachment(attributes, explaining);
  const reason = CODE_DECIDED_MODELS.get(model);
  if (reason !== undefined) return [step(false, `All of ${model} is refused. ${reason}`)];
  const twin = publicTwin(model, policy);
  const right = explainRight(model, explaining);
  if (twin === undefined || right.holds === true) return [right, ...explainRules(model, attributes, explaining)];
  return [
    note(right.sentence, right.steps),
    note(`Who has no right to ${model} reads it as ${twin}, with the fields of that model only.`),
    ...explainModel(twin, attributes, explaining),
  ];
}

/** Access right and rules of a model, and nothing that is decided in code. */
function explainModel(model: string, attributes: AccessAttributes, explaining: Explaining): readonly ExplainedStep[] {
  return [explainRight(model, explaining), ...explainRules(model, attributes, explaining)];
}

function explainRight(model: string, { principal, policy }: Explaining): ExplainedStep {
  const rows = policy.modelAccess.filter((row) => row.model === model);
  if (rows.some(({ groupId }) => groupId === null)) return step(true, `Everybody has the right to read ${model}.`);
  const groups = [...new Set(rows.flatMap(({ groupId }) => groupId ?? []))];
  const own = groups.filter((id) => principal.groupIds.includes(id));
  if (own.length > 0) return step(true, `The right to read ${model} comes through ${describeGroups(own, policy)}.`);
  if (groups.length === 0) return step(false, `No access right opens ${model} to anybody.`);
  return step(false, `The user has no right to read ${model}: that is for ${describeGroups(groups, policy)}.`);
}

function explainMessage(attributes: AccessAttributes, explaining: Explaining): readonly ExplainedStep[] {
  const right = explainModel("mail.message", attributes, explaining);
  try {
    const { author, addressed, notified, forAll, outside } = messageWays(explaining.principal, explaining.policy);
    const check = (expression: AccessExpression, yes: string, no: string) => checked(expression, yes, no, attributes);
    const behind = [
      check(forAll, "It is no notification to one user", "It is a notification to one user"),
      ...explainBehind(attributes, explaining),
    ];
    const ways = [
      check(author, "The user wrote the message", "The user did not write the message"),
      check(addressed, "The message went to the user", "The message did not go to the user"),
      check(notified, "The user was notified of the message", "The user was not notified of the message"),
      throughRecord("message", behind),
    ];
    const open = (outside ?? []).map((expression, index) =>
      index === 0
        ? check(expression, "It is not marked as internal", "It is marked as internal, and the user is no employee")
        : check(
            expression,
            "Its subtype is open to readers from outside",
            "Its subtype is not open to readers from outside",
          ),
    );
    return [...right, oneWay("message", ways), ...open];
  } catch (error) {
    return [...right, unplanned("mail.message", error)];
  }
}

function explainAttachment(attributes: AccessAttributes, explaining: Explaining): readonly ExplainedStep[] {
  const { whole, open, unattached, ownUser } = attachmentWays(explaining.principal, explaining.policy);
  const check = (expression: AccessExpression, yes: string, no: string) => checked(expression, yes, no, attributes);
  const ways = [
    check(open, "The attachment is public", "The attachment is not public"),
    check(
      unattached,
      "It hangs on no record, and the user uploaded it or administers Odoo",
      "It is no attachment without a record that the user uploaded",
    ),
    check(ownUser, "It hangs on the user's own user record", "It does not hang on the user's own user record"),
    throughRecord("attachment", explainBehind(attributes, explaining)),
  ];
  return [
    ...explainModel("ir.attachment", attributes, explaining),
    check(
      whole,
      "It is a file of its own",
      "It is the value of a record's field, or the reader is from outside and Odoo older than 19",
    ),
    oneWay("attachment", ways),
  ];
}

/** The record that a message or an attachment hangs on: as Odoo would let it be read, public twins and code-decided fields apart. */
function explainBehind(attributes: AccessAttributes, explaining: Explaining): readonly ExplainedStep[] {
  const { ingestedModels, hostModels = [] } = explaining.policy;
  const behind = withoutPrefix(attributes);
  const model = modelOf(behind);
  if (model === null) {
    return [step("unknown", "It hangs on no record that is known here.")];
  }
  // A message hangs on no other message.
  if (model === "mail.message" && modelOf(attributes) === "ir.attachment" && ingestedModels.includes(model)) {
    return explainMessage(behind, explaining);
  }
  if (DEPENDENT_MODELS.has(model) || ![...ingestedModels, ...hostModels].includes(model)) {
    return [step(false, `It hangs on a record of ${model}, which is not planned.`)];
  }
  return explainModel(model, behind, explaining);
}

function throughRecord(what: string, steps: readonly ExplainedStep[]): ExplainedStep {
  const holds = conjunction(steps);
  const outcome = holds === true ? "opens" : "does not open";
  return step(holds, `The record that the ${what} hangs on ${outcome} it.`, steps);
}

function oneWay(what: string, ways: readonly ExplainedStep[]): ExplainedStep {
  const holds = disjunction(ways);
  return step(holds, `There must be a way to the ${what}; there is ${holds === true ? "one" : "none"}.`, ways);
}

function checked(expression: AccessExpression, yes: string, no: string, attributes: AccessAttributes): ExplainedStep {
  const verdict = evaluateExpression(expression, attributes);
  const sentence =
    verdict === "unknown" ? `It cannot be told whether this is so: ${yes.toLowerCase()}` : verdict ? yes : no;
  const seen = describeAttributes(expression, attributes);
  return step(verdict, `${sentence}${seen === "" ? "" : ` (${seen})`}.`);
}

function unplanned(model: string, error: unknown): ExplainedStep {
  if (!(error instanceof PermissionError)) throw error;
  return step("unknown", `${model} cannot be planned: ${error.message}`);
}

function withoutPrefix(attributes: AccessAttributes): AccessAttributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, values]) =>
      name.startsWith(RECORD_PREFIX) ? [[name.slice(RECORD_PREFIX.length), values] as const] : [],
    ),
  );
}

function modelOf(attributes: AccessAttributes): string | null {
  const [model] = Object.hasOwn(attributes, "model") ? (attributes["model"] ?? []) : [];
  return typeof model === "string" ? model : null;
}
