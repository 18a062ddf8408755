import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../../infra/errors.ts";
import { type UnseenReading, joinedSource } from "../../../infra/odoo/joined-source.ts";
import type { OwnAccount } from "../../../infra/odoo/own-account.ts";
import { POLICY_FIELDS } from "../../../infra/odoo/policy-fields.ts";
import type { OdooRecord, OdooSource } from "../../../infra/odoo/port.ts";
import { openSnapshotSource } from "../../../infra/odoo/snapshot-source.ts";
import type { FieldDescription, FieldType } from "../../../permissions/policy-snapshot.ts";
import { all, describeOdooSourceContract } from "../../contracts/odoo-source.ts";
import { silentLog } from "../../support/silent-log.ts";
import { type InventedModel, type InventedSource, inventedSource } from "./invented-source.ts";

const SAMPLE = fileURLToPath(new URL("../../../infra/sample/odoo.jsonl.gz", import.meta.url));
const USER = 1;
const [SYNC, ADA, ZOE] = [{ id: 2 }, { id: 3 }, { id: 4 }];

function model(types: Readonly<Record<string, FieldType>>, records: readonly OdooRecord[]): InventedModel {
  const fields = Object.entries(types).map(([name, type]): [string, FieldDescription] => [name, { type, label: name }]);
  return { fields: Object.fromEntries(fields), records };
}

/** A table of the policy: every field that it is asked for. */
function table(name: keyof typeof POLICY_FIELDS, records: readonly OdooRecord[]): [string, InventedModel] {
  return [name, model(Object.fromEntries(POLICY_FIELDS[name].map((field) => [field, "char"])), records)];
}

const ruleOnTasks = (domain: string): OdooRecord => ({
  id: 1,
  name: "tasks",
  model_id: [1, "Task"],
  groups: [],
  domain_force: domain,
  perm_read: true,
  active: true,
});

function user(id: number, login: string): OdooRecord {
  const company = { company_id: [1, "Main"], company_ids: [1] };
  return { id, login, name: login, active: true, partner_id: [id + 100, login], group_ids: [USER], ...company };
}

function accessRows(): readonly OdooRecord[] {
  return [1, 2, 3].map((id) => ({ id, model_id: [id, ""], group_id: [USER, ""], perm_read: true, active: true }));
}

/** Tasks are their users' own, notes everybody's. */
function policyTables(): Readonly<Record<string, InventedModel>> {
  return Object.fromEntries([
    table("ir.model", [
      { id: 1, model: "task", inherited_model_ids: [] },
      { id: 2, model: "note", inherited_model_ids: [] },
      { id: 3, model: "mail.message", inherited_model_ids: [] },
    ]),
    table("ir.model.access", accessRows()),
    table("ir.rule", [ruleOnTasks("[('user_id', '=', user.id)]")]),
    table("res.groups", [{ id: USER, full_name: "User", implied_ids: [] }]),
    table("res.users", [user(2, "sync"), user(3, "ada"), user(4, "zoe")]),
    table("res.company", [{ id: 1, name: "Main", parent_id: false, currency_id: [1, "EUR"] }]),
  ]);
}

const TASK = { name: "char", tag_ids: "many2many", write_date: "datetime" } as const;
const NOTE = { name: "char" } as const;

function task(id: number, values: Readonly<Record<string, string | readonly number[]>> = {}): OdooRecord {
  return { name: `Task ${id}`, tag_ids: [], write_date: "2026-11-20 08:00:00", ...values, id };
}

interface Invented {
  readonly sync: InventedSource;
  readonly ada: InventedSource;
  readonly zoe: InventedSource;
  readonly joined: OdooSource;
  readonly readings: UnseenReading[];
}

function invented(
  changes: { readonly ada?: Partial<OwnAccount>; readonly sync?: readonly OdooRecord[] } = {},
): Invented {
  const notes = model(NOTE, [{ id: 1, name: "Note" }]);
  const companies = model({}, [{ id: 1 }]);
  const sync = inventedSource({
    ...policyTables(),
    task: model(TASK, changes.sync ?? [task(2), task(5)]),
    note: notes,
  });
  const ada = inventedSource({ task: model(TASK, [task(1), task(2), task(7)]), note: notes, "res.company": companies });
  const zoe = inventedSource({ task: model(TASK, [task(7), task(9)]), note: notes, "res.company": companies });
  const readings: UnseenReading[] = [];
  const people: OwnAccount[] = [
    { login: "ada", source: ada, userId: async () => ADA.id, ...changes.ada },
    { login: "zoe", source: zoe, userId: async () => ZOE.id },
  ];
  const joined = joinedSource({ source: sync, userId: async () => SYNC.id }, people, {
    log: silentLog,
    onUnseen: (reading) => void readings.push(reading),
  });
  return { sync, ada, zoe, joined, readings };
}

async function idsOf(source: OdooSource, name = "task"): Promise<readonly number[]> {
  return (await all(source, name, ["name"])).map(({ id }) => id);
}

async function selected(
  source: OdooSource,
  selection: Parameters<OdooSource["records"]>[3],
): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const page of source.records("task", ["name"], undefined, selection))
    found.push(...page.map(({ id }) => id));
  return found;
}

const callsOf = ({ calls }: InventedSource, name: string) => calls.filter((call) => call.endsWith(` ${name}`));

const message = (id: number, author: number): OdooRecord => ({ id, author_id: [author, ""], model: "note" });

describe("the joined source", () => {
  it("gives what anybody sees, once, in ascending id, and says how many the sync account does not see", async () => {
    const { joined, readings } = invented();
    expect(await idsOf(joined)).toEqual([1, 2, 5, 7, 9]);
    expect(readings).toEqual([{ model: "task", records: 3, unreadFields: [] }]);
    expect(await joined.ids("task")).toEqual([1, 2, 5, 7, 9]);
    expect(await joined.count("task")).toBe(5);
    expect(await joined.values("task", "name")).toEqual(["Task 1", "Task 2", "Task 5", "Task 7", "Task 9"]);
  });

  it("asks nobody about models that the rows prove to be seen whole, nor about the policy's own tables", async () => {
    const { joined, ada, zoe } = invented();
    await idsOf(joined, "note");
    await joined.ids("note");
    for (const name of Object.keys(POLICY_FIELDS)) await joined.count(name);
    expect([...callsOf(ada, "note"), ...callsOf(zoe, "note")]).toEqual([]);
    // Their companies are asked for once, to compare them.
    expect(ada.calls).toEqual(["ids res.company"]);
  });

  it("leaves out what a person may not read, takes it from another who may, and reports what nobody may", async () => {
    const { joined, ada, zoe, readings } = invented();
    ada.models.set("task", model({ tag_ids: "many2many" }, [task(1), task(7)]));
    zoe.models.set("task", model(TASK, [task(7)]));
    const records = await all(joined, "task", ["name"]);
    expect(records.find(({ id }) => id === 7)).toEqual({ id: 7, name: "Task 7" });
    expect(records.find(({ id }) => id === 1)).toEqual({ id: 1 });
    expect(readings).toEqual([{ model: "task", records: 2, unreadFields: ["name"] }]);
  });

  it("reads around a field that is described and refused all the same", async () => {
    const { joined, ada } = invented();
    const described = model(TASK, [task(1)]);
    const open = inventedSource({ task: described });
    ada.models.set("task", described);
    ada.records = async function* (name, fields, ...rest) {
      if (fields.includes("name")) throw new GroundworkError("odoo-refused", "not this field");
      yield* open.records(name, fields, ...rest);
    };
    const records = await all(joined, "task", ["write_date", "name", "tag_ids"]);
    expect(records.find(({ id }) => id === 1)).toEqual({ id: 1, write_date: "2026-11-20 08:00:00", tag_ids: [] });
  });

  it("puts together the to-many values of all who see a record, for each is shown some", async () => {
    const { joined, ada, zoe } = invented();
    ada.models.set("task", model(TASK, [task(7, { tag_ids: [3, 1] })]));
    zoe.models.set("task", model(TASK, [task(7, { tag_ids: [2, 3] })]));
    const records = await all(joined, "task", ["tag_ids"]);
    expect(records.find(({ id }) => id === 7)?.["tag_ids"]).toEqual([1, 2, 3]);
  });

  it("passes over a person whose key is refused, or is another user's", async () => {
    expect(await idsOf(invented({ ada: { userId: refuse } }).joined)).toEqual([2, 5, 7, 9]);
    expect(await idsOf(invented({ ada: { userId: async () => ZOE.id } }).joined)).toEqual([2, 5, 7, 9]);
  });

  it("fails, rather than losing records, when a person cannot be asked just now", async () => {
    const { joined, zoe } = invented();
    zoe.ids = () => Promise.reject(new GroundworkError("odoo-unavailable", "busy", { retryable: true }));
    await expect(idsOf(joined)).rejects.toMatchObject({ code: "odoo-unavailable" });
  });

  it("asks by id about those alone that the sync account does not show", async () => {
    const { joined, ada } = invented();
    expect(await selected(joined, { among: { id: [2, 5] } })).toEqual([2, 5]);
    expect(callsOf(ada, "task")).toEqual([]);
    expect(await selected(joined, { among: { id: [2, 7] } })).toEqual([2, 7]);
    expect(await selected(joined, { idAfter: 2, idUpTo: 7 })).toEqual([5, 7]);
    expect(await joined.ids("task", undefined, { among: { name: ["Task 9", "Task 5"] } })).toEqual([5, 9]);
  });

  it("looks for messages where the person may see more, and anywhere when that search is refused", async () => {
    const searchable = {
      author_id: "many2one",
      partner_ids: "many2many",
      notified_partner_ids: "many2many",
      model: "char",
    } as const;
    for (const fields of [searchable, {}] as const) {
      const { joined, sync, ada } = invented();
      sync.models.set("mail.message", model(searchable, [message(1, 7)]));
      ada.models.set("mail.message", model(fields, [message(1, 7), message(4, ADA.id + 100)]));
      expect(await joined.ids("mail.message")).toEqual([1, 4]);
      // By author, by each kind of addressee, by model; and then, if one of these was refused, whole.
      expect(ada.calls.filter((call) => call === "ids mail.message")).toHaveLength(fields === searchable ? 4 : 5);
    }
  });

  it("asks nobody again while it is polled for what was written lately and for counts", async () => {
    const { joined, ada } = invented();
    await idsOf(joined);
    const before = callsOf(ada, "task").length;
    for (let poll = 0; poll < 5; poll += 1) {
      expect(await selected(joined, { writtenSince: "2026-11-21T00:00:00Z" })).toEqual([]);
      expect(await joined.count("task")).toBe(5);
    }
    expect(callsOf(ada, "task")).toHaveLength(before);
  });

  it("reads models that the sync account may not read at all, with their fields", async () => {
    const { joined, sync } = invented();
    sync.models.delete("task");
    expect(Object.keys(await joined.fields("task")).sort()).toEqual(["name", "tag_ids", "write_date"]);
    expect(await idsOf(joined)).toEqual([1, 2, 7, 9]);
    expect(await joined.ids("task")).toEqual([1, 2, 7, 9]);
    expect(await joined.count("task")).toBe(4);
    await expect(joined.fields("nothing")).rejects.toMatchObject({ code: "odoo-refused" });
  });

  it("does not take a fault of the sync account's own reading for want of access", async () => {
    const { joined } = invented();
    await expect(all(joined, "task", ["no_such_field"])).rejects.toMatchObject({ code: "odoo-refused" });
  });

  it("judges anew when a reading of the rules shows them changed, and not when they are the same", async () => {
    const { joined, sync, ada } = invented();
    await all(joined, "ir.rule", POLICY_FIELDS["ir.rule"]);
    await idsOf(joined);
    await all(joined, "ir.rule", POLICY_FIELDS["ir.rule"]);
    const before = callsOf(ada, "res.company").length;
    await joined.count("task");
    expect(callsOf(ada, "res.company")).toHaveLength(before);
    sync.models.set(...table("ir.rule", [ruleOnTasks("[(1, '=', 1)]")]));
    await all(joined, "ir.rule", POLICY_FIELDS["ir.rule"]);
    // Under the new rule the sync account sees every task that there is.
    expect(await joined.count("task")).toBe(2);
    expect(await idsOf(joined)).toEqual([2, 5]);
  });

  it("opens a file that the sync account is refused with the key of somebody who may", async () => {
    const { joined, sync, zoe } = invented();
    sync.models.set("ir.attachment", model({}, [{ id: 1 }]));
    zoe.models.set("ir.attachment", model({}, [{ id: 8 }]));
    expect(new TextDecoder().decode(await joined.attachment(1))).toBe("file 1");
    expect(new TextDecoder().decode(await joined.attachment(8))).toBe("file 8");
    await expect(joined.attachment(9)).rejects.toMatchObject({ code: "odoo-refused" });
  });
});

const refuse = () => Promise.reject(new GroundworkError("odoo-refused", "bad key"));

const isHidden = (name: string, id: number) =>
  (name === "purchase.order" && id % 3 === 1) || (name === "ir.attachment" && id % 2 === 0);

/** The sample as somebody sees it who may read no order: some are hidden here, so that they come from the other. */
function withHiddenRecords(source: OdooSource): OdooSource {
  const ids: OdooSource["ids"] = async (name, ...rest) =>
    (await source.ids(name, ...rest)).filter((id) => !isHidden(name, id));
  return {
    ...source,
    async *records(name, ...rest) {
      for await (const page of source.records(name, ...rest)) yield page.filter(({ id }) => !isHidden(name, id));
    },
    ids,
    count: async (...query) => (await ids(...query)).length,
    attachment: (id, signal) =>
      isHidden("ir.attachment", id)
        ? Promise.reject(new GroundworkError("odoo-refused", "hidden"))
        : source.attachment(id, signal),
  };
}

function joinedSample(): OdooSource {
  const sample = openSnapshotSource(SAMPLE);
  const userId = async (login: string): Promise<number> => {
    for await (const page of sample.records("res.users", ["login"])) {
      const found = page.find((record) => record["login"] === login);
      if (found !== undefined) return found.id;
    }
    throw new GroundworkError("odoo-refused", "no such user");
  };
  return joinedSource(
    { source: withHiddenRecords(sample), userId: () => userId("emil.employee") },
    [{ login: "petra.purchasing", source: openSnapshotSource(SAMPLE), userId: () => userId("petra.purchasing") }],
    { log: silentLog },
  );
}

describeOdooSourceContract("two accounts joined, each of which sees a part,", joinedSample);
