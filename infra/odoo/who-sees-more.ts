import { type Someone, type Values, seenBeyond } from "../../permissions/odoo/seen-beyond.ts";
import { type AccessRows, seesAsMuch } from "../../permissions/odoo/sees-as-much.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { resolvePrincipal } from "../../permissions/resolve-principal.ts";
import type { Log } from "../log.ts";
import type { OdooAccount, OwnAccount } from "./own-account.ts";
import { readPolicy } from "./read-policy.ts";
import { unlessRefused } from "./unless-refused.ts";

/** A person who is worth asking, and where to look: each record that this person alone sees meets one of these. Null: anywhere. */
export interface Askable {
  readonly person: OwnAccount;
  readonly within: readonly Values[] | null;
}

/** Which people are worth asking, by what the access rows say. */
export interface WhoSeesMore {
  /** Those who may see records of the model that the sync account does not see; in the order in which they were given. */
  of(model: string, signal?: AbortSignal): Promise<readonly Askable[]>;
  /** The rows have changed: they are read again before the next answer. */
  forget(): void;
}

/** After this time keys and companies are looked at again even if no row has changed. */
const KEPT_MS = 10 * 60_000;

interface Standing {
  readonly rows: AccessRows;
  /** Null: the policy does not tell who the sync account is. */
  readonly account: Someone | null;
  /** Null: not among the users that the sync account sees. */
  readonly people: readonly { readonly person: OwnAccount; readonly viewer: Someone | null }[];
  readonly judged: Map<string, readonly Askable[]>;
  readonly until: number;
}

/** People whose key Odoo refuses, or whose key is another user's, are passed over and named in the log, once. */
export function whoSeesMore(sync: OdooAccount, people: readonly OwnAccount[], log: Log): WhoSeesMore {
  const named = new Set<string>();
  const passOver = (login: string, reason: string): void => {
    if (!named.has(login)) log.warn({ login }, reason);
    named.add(login);
  };
  let standing: Promise<Standing> | undefined;

  async function current(signal?: AbortSignal): Promise<Standing> {
    if (standing === undefined || (await standing).until < Date.now()) {
      const reading = readStanding(sync, people, passOver, signal);
      standing = reading;
      reading.catch(() => {
        if (standing === reading) standing = undefined;
      });
    }
    return standing;
  }

  return {
    of: async (model, signal) => {
      const found = await current(signal);
      const judged = found.judged.get(model) ?? judge(model, found);
      found.judged.set(model, judged);
      return judged;
    },
    forget: () => {
      standing = undefined;
    },
  };
}

function judge(model: string, { rows, account, people }: Standing): readonly Askable[] {
  return people.flatMap(({ person, viewer }) => {
    if (viewer === null || account === null) return [{ person, within: null }];
    if (seesAsMuch(model, account, viewer, rows)) return [];
    return [{ person, within: seenBeyond(model, account, viewer, rows) }];
  });
}

async function readStanding(
  sync: OdooAccount,
  people: readonly OwnAccount[],
  passOver: (login: string, reason: string) => void,
  signal?: AbortSignal,
): Promise<Standing> {
  const policy = await readPolicy(sync.source, [], signal);
  const accountId = await sync.userId(signal);
  const account = policy.users.find(({ id }) => id === accountId);
  const known: Standing["people"][number][] = [];
  for (const person of people) {
    const userId = await unlessRefused(person.userId(signal));
    const user = policy.users.find(({ login }) => login === person.login);
    if (userId === null) {
      passOver(person.login, "Odoo does not accept this person's key");
    } else if (user !== undefined && user.id !== userId) {
      passOver(person.login, "the key that is stated for this person is another user's");
    } else {
      known.push({ person, viewer: await viewerOf(person, policy, signal) });
    }
  }
  return {
    rows: { ...policy, inherits: await readInherits(sync, signal) },
    account: account === undefined ? null : viewer(account.login, policy),
    people: known,
    judged: new Map(),
    until: Date.now() + KEPT_MS,
  };
}

/** The companies of a user are shown to the sync account as far as it sees companies, so the person is asked as well. */
async function viewerOf(person: OwnAccount, policy: PolicySnapshot, signal?: AbortSignal): Promise<Someone | null> {
  const stated = viewer(person.login, policy);
  if (stated === null) return null;
  const companies = await unlessRefused(person.source.ids("res.company", signal));
  return { ...stated, companyIds: [...new Set([...stated.companyIds, ...(companies ?? [])])] };
}

function viewer(login: string, policy: PolicySnapshot): Someone | null {
  try {
    const principal = resolvePrincipal(login, policy);
    const user = policy.users.find(({ id }) => id === principal.userId);
    return user === undefined ? null : { ...principal, partnerId: user.partnerId };
  } catch (error) {
    if (error instanceof PermissionError) return null;
    throw error;
  }
}

async function readInherits({ source }: OdooAccount, signal?: AbortSignal): Promise<AccessRows["inherits"]> {
  const models = new Map<number, { readonly name: string; readonly parents: readonly unknown[] }>();
  for await (const page of source.records("ir.model", ["model", "inherited_model_ids"], signal)) {
    for (const { id, model, inherited_model_ids: parents } of page) {
      if (typeof model === "string") models.set(id, { name: model, parents: Array.isArray(parents) ? parents : [] });
    }
  }
  const nameOf = (id: unknown) => (typeof id === "number" ? (models.get(id)?.name ?? "") : "");
  return new Map([...models.values()].map(({ name, parents }) => [name, parents.map(nameOf)]));
}
