import { setTimeout as wait } from "node:timers/promises";
import { readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { runIngestion } from "./bench-ingestion.ts";
import { instantEmbedder } from "./instant-embedder.ts";
import { narrowedOdoo } from "./odoo-reads.ts";

/** A model takes its time: otherwise nobody would ever be killed while embedding. */
const EMBEDDING_MS = 20;

// A process of its own, to be killed: brings a data directory up to a folder and the sample's first records, and says how far it is.
const [documents = "", dataDirectory = "", limit = "", dimensions = ""] = process.argv.slice(2);
const config = readConfig({ LOG_LEVEL: "silent", DOCUMENTS_DIR: documents });
if (config.odoo.kind !== "snapshot") throw new GroundworkError("internal", "The sample is not the default.");
const instant = instantEmbedder(Number(dimensions));
await runIngestion({
  config,
  location: { dataDirectory },
  odoo: narrowedOdoo(openSnapshotSource(config.odoo.path), { limit: Number(limit), files: true }),
  embedder: { ...instant, embed: async (texts) => (await wait(EMBEDDING_MS), instant.embed(texts)) },
  onProgress: ({ stages }) => {
    const underWay = stages.filter(({ active }) => active > 0).map(({ queue }) => queue);
    process.stdout.write(`working ${underWay.join(" ")}\n`);
  },
});
