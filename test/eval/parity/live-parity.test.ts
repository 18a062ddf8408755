import { describe, expect, it } from "vitest";
import { readKeys } from "../../../eval/parity/read-keys.ts";
import { runParity } from "../../../eval/parity/run-parity.ts";

const { ODOO_URL, ODOO_DATABASE = "", ODOO_API_KEY = "", PARITY_KEYS } = process.env;
const isLive = ODOO_URL !== undefined && PARITY_KEYS !== undefined;

describe("parity with a live Odoo", () => {
  it.skipIf(!isLive)(
    "shows nobody anything that Odoo does not (set ODOO_URL, ODOO_DATABASE, ODOO_API_KEY and PARITY_KEYS to run it)",
    async () => {
      const settings = { url: ODOO_URL ?? "", database: ODOO_DATABASE, apiKey: ODOO_API_KEY };
      const { models } = await runParity(settings, await readKeys(PARITY_KEYS ?? ""));
      expect(models.filter(({ over }) => over > 0)).toEqual([]);
    },
    600_000,
  );
});
