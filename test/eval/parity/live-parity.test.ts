import { describe, expect, it } from "vitest";
import { runParity } from "../../../eval/parity/run-parity.ts";
import { readReaderKeys } from "../../../infra/odoo/reader-keys.ts";
import { silentLog } from "../../support/silent-log.ts";

const { ODOO_URL, ODOO_DATABASE = "", ODOO_API_KEY = "", PARITY_KEYS } = process.env;
const isLive = ODOO_URL !== undefined && PARITY_KEYS !== undefined;

describe("parity with a live Odoo", () => {
  it.skipIf(!isLive)(
    "shows everybody exactly what Odoo does, with people's own keys (set ODOO_URL, ODOO_DATABASE, ODOO_API_KEY and PARITY_KEYS to run it)",
    async () => {
      const settings = { url: ODOO_URL ?? "", database: ODOO_DATABASE, apiKey: ODOO_API_KEY };
      const { models } = await runParity(settings, await readReaderKeys(PARITY_KEYS ?? ""), { log: silentLog });
      expect(models.filter(({ over, under }) => over + under > 0)).toEqual([]);
    },
    600_000,
  );
});
