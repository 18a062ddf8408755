import { describe, expect, it } from "vitest";
import type { DocumentHead, ReadableChunk } from "../../../infra/db/port.ts";
import { joinedSource } from "../../../infra/odoo/joined-source.ts";
import { openLiveRecheck } from "../../../infra/odoo/open-live-recheck.ts";
import { openAccount, openPeople } from "../../../infra/odoo/own-account.ts";
import { readReaderKeys } from "../../../infra/odoo/reader-keys.ts";
import { readPolicy } from "../../../infra/odoo/read-policy.ts";
import { ingestedModels } from "../../../ingest/catalogue.ts";
import { openReader } from "../../../retrieval/reader.ts";
import { silentLog } from "../../support/silent-log.ts";

const { ODOO_URL: url = "", ODOO_DATABASE: database = "", ODOO_API_KEY: apiKey = "", PARITY_KEYS = "" } = process.env;
const settings = { url, database, login: process.env["ODOO_LOGIN"], apiKey };
const isLive = url !== "" && database !== "" && apiKey !== "" && PARITY_KEYS !== "";
const MODEL = "res.partner";

function chunkOf(recordId: number): ReadableChunk {
  const documentId = `${MODEL}/${recordId}`;
  const head = { documentId, source: "odoo:live", key: documentId, kind: "contact", title: "", model: MODEL, recordId };
  const document: DocumentHead = { ...head, url: null, metadata: {} };
  const recheck = { textHash: "", attributes: { model: [MODEL] } };
  return {
    document,
    chunkId: documentId,
    part: "main",
    start: 0,
    end: 4,
    page: null,
    headings: [],
    text: "text",
    recheck,
  };
}

describe.skipIf(!isLive)(
  "people's own keys at a live Odoo (set ODOO_URL, ODOO_DATABASE, ODOO_API_KEY and PARITY_KEYS to run it)",
  { timeout: 300_000 },
  () => {
    it("lists the very messages that the sync account or somebody else sees", async () => {
      const people = openPeople(settings, await readReaderKeys(PARITY_KEYS));
      const sync = openAccount(settings);
      const joined = joinedSource(sync, people, { log: silentLog });
      const seen = new Set(await sync.source.ids("mail.message"));
      for (const { source } of people) for (const id of await source.ids("mail.message")) seen.add(id);
      expect(await joined.ids("mail.message")).toEqual([...seen].sort((left, right) => left - right));
      await joined.close();
    });

    it("lets each person's contacts through the live recheck, and no other", async () => {
      const keys = await readReaderKeys(PARITY_KEYS);
      const sync = openAccount(settings);
      const policy = await readPolicy(sync.source, ingestedModels());
      const all = await sync.source.ids(MODEL);
      const documents = { chunks: async () => all.map(chunkOf), parts: async () => [] };
      const recheck = openLiveRecheck({ url, database }, keys, { timeoutMs: 30_000, log: silentLog });
      let narrowed = 0;
      for (const [login, key] of keys) {
        const reader = openReader(login, policy);
        const checked = recheck.over(documents, reader);
        const shown = (await checked.chunks([], reader.filter)).map(({ document }) => document.recordId);
        const own = openAccount({ url, database, login, apiKey: key });
        const expected = new Set(await own.source.ids(MODEL));
        expect(shown).toEqual(all.filter((id) => expected.has(id)));
        expect(checked.degraded?.()).toBeNull();
        if (shown.length < all.length) narrowed += 1;
      }
      expect(narrowed).toBeGreaterThan(0);
    });

    it("shows nothing with a key that Odoo refuses, and says so", async () => {
      const sync = openAccount(settings);
      const policy = await readPolicy(sync.source, ingestedModels());
      const login = [...(await readReaderKeys(PARITY_KEYS)).keys()][0] ?? "";
      const documents = { chunks: async () => [chunkOf(1)], parts: async () => [] };
      const recheck = openLiveRecheck({ url, database }, new Map([[login, "wrong"]]), {
        timeoutMs: 30_000,
        log: silentLog,
      });
      const reader = openReader(login, policy);
      const checked = recheck.over(documents, reader);
      expect(await checked.chunks([], reader.filter)).toEqual([]);
      expect(checked.degraded?.()).not.toBeNull();
    });
  },
);
