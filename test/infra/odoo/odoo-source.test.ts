import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openLiveSource } from "../../../infra/odoo/live-source.ts";
import type { OdooProtocol } from "../../../infra/odoo/odoo-client.ts";
import { readPolicy } from "../../../infra/odoo/read-policy.ts";
import { openSnapshotSource } from "../../../infra/odoo/snapshot-source.ts";
import { ingestedModels } from "../../../ingest/catalogue.ts";
import { recordedFields } from "../../../ingest/record-odoo.ts";
import { all, describeOdooSourceContract } from "../../contracts/odoo-source.ts";

const SAMPLE = fileURLToPath(new URL("../../../infra/sample/odoo.jsonl.gz", import.meta.url));
const { ODOO_URL: url = "", ODOO_DATABASE: database = "", ODOO_LOGIN: login, ODOO_API_KEY: apiKey = "" } = process.env;
const hasLiveServer = url !== "" && database !== "" && apiKey !== "";
const openLive = (protocol?: OdooProtocol) => openLiveSource({ url, database, login, apiKey, protocol });

describeOdooSourceContract("the recorded sample", () => openSnapshotSource(SAMPLE));

describe("a recording", () => {
  it("that is missing or damaged is a fault of the configuration, with its path", async () => {
    for (const path of ["/no/such/file.jsonl.gz", fileURLToPath(import.meta.url)]) {
      const failure: unknown = await openSnapshotSource(path)
        .server()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "configuration" });
      expect(String(failure)).toContain(path);
    }
  });

  it("gives the same policy at each reading", async () => {
    const first = await readPolicy(openSnapshotSource(SAMPLE), ingestedModels());
    const second = await readPolicy(openSnapshotSource(SAMPLE), ingestedModels());
    expect(second).toEqual(first);
  });
});

const needsServer =
  "(needs the seeded lab: set ODOO_URL, ODOO_DATABASE and ODOO_API_KEY; for JSON-RPC ODOO_LOGIN as well)";
describe.skipIf(!hasLiveServer)(`a live Odoo ${needsServer}`, { timeout: 120_000 }, () => {
  const protocols: readonly OdooProtocol[] = login === undefined ? ["json-2"] : ["json-2", "json-rpc"];
  for (const protocol of protocols) describeOdooSourceContract(protocol, () => openLive(protocol));

  it.each(protocols)("states the same policy as its recording through %s", async (protocol) => {
    const live = await readPolicy(openLive(protocol), ingestedModels());
    const recorded = await readPolicy(openSnapshotSource(SAMPLE), ingestedModels());
    expect(live.epoch).toBe(recorded.epoch);
    expect({ ...live, takenAt: "" }).toEqual({ ...recorded, takenAt: "" });
  });

  it("answers every recorded model and field as its recording does", async () => {
    const live = openLive();
    const recorded = openSnapshotSource(SAMPLE);
    const installed = new Set((await all(live, "ir.model", ["model"])).map((row) => row["model"]));
    for (const [model, fields] of Object.entries(await recordedFields(live))) {
      if (!installed.has(model)) continue;
      const known = Object.keys(await recorded.fields(model));
      const common = fields.filter((field) => known.includes(field));
      expect(await all(recorded, model, common), model).toEqual(await all(live, model, common));
      expect(await recorded.fields(model), model).toEqual(await live.fields(model));
    }
  });
});
