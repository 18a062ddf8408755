import { GroundworkError } from "../../infra/errors.ts";
import type { OdooClient } from "../../infra/odoo/odoo-client.ts";

/** One way to lose sight of a record, and back. All calls resolve when Odoo has committed. */
export interface Scenario {
  readonly name: string;
  /** The record, and words that it is found by; a message that tells of it may be found by them, too. */
  readonly record: { readonly model: string; readonly id: number; readonly words: string };
  grant(): Promise<void>;
  revoke(): Promise<void>;
}

export interface RevocationStage {
  /** The reader's login. */
  readonly login: string;
  readonly scenarios: readonly Scenario[];
  /** Removes what was made; the reader stays, archived. */
  strike(): Promise<void>;
}

const LOGIN = "groundwork.benchmark";
const MODEL = "crm.lead";

/** Makes a reader, a lead for each scenario, and the rules that the scenarios turn, in an Odoo that has CRM and at least two companies. */
export async function setRevocationStage(odoo: OdooClient): Promise<RevocationStage> {
  const call = (model: string, method: string, body: Readonly<Record<string, unknown>>) =>
    odoo.call(model, method, body);
  const write = async (model: string, id: number, vals: object): Promise<void> =>
    void (await call(model, "write", { ids: [id], vals }));
  const create = async (model: string, vals: object): Promise<number> =>
    onlyId(await call(model, "create", { vals_list: [vals] }));
  const find = async (model: string, domain: readonly unknown[]): Promise<readonly number[]> =>
    (await call(model, "search", { domain, order: "id", context: { active_test: false } })) as number[];
  const group = async (module: string, name: string): Promise<number | null> => {
    const fields = {
      domain: [
        ["module", "=", module],
        ["name", "=", name],
      ],
      fields: ["res_id"],
    };
    return ((await call("ir.model.data", "search_read", fields)) as { res_id: number }[])[0]?.res_id ?? null;
  };

  const [first = 0, second = 0] = await find("res.company", [["parent_id", "=", false]]);
  const [internal, salesman] = [await group("base", "group_user"), await group("sales_team", "group_sale_salesman")];
  const projectUser = await group("project", "group_project_user");
  const rights = {
    active: true,
    group_ids: [[6, 0, [internal, salesman, projectUser].filter((id) => id !== null)]],
    company_id: first,
    company_ids: [[6, 0, [first, second]]],
  };
  const [known] = await find("res.users", [["login", "=", LOGIN]]);
  const user = known ?? (await create("res.users", { name: "Groundwork benchmark", login: LOGIN, ...rights }));
  await write("res.users", user, rights);
  const [details] = (await call("res.users", "read", { ids: [user], fields: ["partner_id"] })) as {
    partner_id: [number, string];
  }[];
  const partner = details?.partner_id[0] ?? 0;

  const made: [string, number][] = [];
  const stamp = Date.now().toString(36);
  const lead = async (name: string, company = first): Promise<Scenario["record"]> => {
    const words = `revocation${name}${stamp}`;
    const vals = { name: words, user_id: user, company_id: company, type: "opportunity", team_id: false };
    const id = await create(MODEL, vals);
    made.push([MODEL, id]);
    return { model: MODEL, id, words };
  };
  const rule = async (name: string, domain: string): Promise<number> => {
    const [model] = await find("ir.model", [["model", "=", MODEL]]);
    const id = await create("ir.rule", { name: `Groundwork benchmark ${name}`, model_id: model, domain_force: domain });
    made.push(["ir.rule", id]);
    return id;
  };

  const leads = {
    group: await lead("group"),
    rule: await lead("rule"),
    assigned: await lead("assigned"),
    archived: await lead("archived"),
    company: await lead("company", second),
  };
  const edited = await rule("edited", "[(1, '=', 1)]");
  const setUser = (vals: object) => (): Promise<void> => write("res.users", user, vals);
  const setRule = (domain: string) => (): Promise<void> => write("ir.rule", edited, { domain_force: domain });
  const assign = (to: number | false) => (): Promise<void> => write(MODEL, leads.assigned.id, { user_id: to });
  const [other = 0] = await find("res.users", [
    ["share", "=", false],
    ["id", "!=", user],
    ["active", "=", true],
  ]);

  /** A task of a project that only followers see; none where the project module is not installed. */
  const followerScenarios = async (): Promise<readonly Scenario[]> => {
    if (projectUser === null) return [];
    const project = await create("project.project", { name: `revocation ${stamp}`, privacy_visibility: "followers" });
    made.push(["project.project", project]);
    const words = `revocationfollower${stamp}`;
    const task = await create("project.task", { name: words, project_id: project, user_ids: [] });
    made.push(["project.task", task]);
    const record = { model: "project.task", id: task, words };
    const follow = (method: string) => async (): Promise<void> =>
      void (await call("project.project", method, { ids: [project], partner_ids: [partner] }));
    const [grant, revoke] = [follow("message_subscribe"), follow("message_unsubscribe")];
    return [{ name: "follower removed", record, grant, revoke }];
  };

  return {
    login: LOGIN,
    scenarios: [
      {
        name: "group removed",
        record: leads.group,
        grant: setUser({ group_ids: [[4, salesman]] }),
        revoke: setUser({ group_ids: [[3, salesman]] }),
      },
      {
        name: "rule edited",
        record: leads.rule,
        grant: setRule("[(1, '=', 1)]"),
        revoke: setRule(`[('id', '!=', ${leads.rule.id})]`),
      },
      { name: "record reassigned", record: leads.assigned, grant: assign(user), revoke: assign(other) },
      ...(await followerScenarios()),
      {
        name: "user archived",
        record: leads.archived,
        grant: setUser({ active: true }),
        revoke: setUser({ active: false }),
      },
      {
        name: "company dropped",
        record: leads.company,
        grant: setUser({ company_ids: [[4, second]] }),
        revoke: setUser({ company_ids: [[3, second]] }),
      },
    ],
    strike: async () => {
      for (const [model, id] of made.toReversed()) await call(model, "unlink", { ids: [id] });
      await write("res.users", user, { active: false });
    },
  };
}

function onlyId(answer: unknown): number {
  const id: unknown = Array.isArray(answer) ? answer[0] : answer;
  if (typeof id === "number") return id;
  throw new GroundworkError("odoo-answer", "Odoo did not tell the id of what it created.");
}
