import { GroundworkError } from "../errors.ts";
import { createJson2Client } from "./json2-client.ts";
import { createJsonRpcClient } from "./json-rpc-client.ts";
import type { OdooClient, OdooProtocol, OdooSettings, OdooVersion } from "./odoo-client.ts";
import { hasJson2 } from "./odoo-version.ts";

/**
 * Speaks JSON-2 to Odoo 19 and newer and JSON-RPC to Odoo 14 to 18, by the version that the server tells; an upgrade of the server is
 * noticed when its version is next asked for. No connection is opened before the first call.
 */
export function openOdooClient(settings: OdooSettings): OdooClient {
  const clients: Readonly<Record<OdooProtocol, OdooClient>> = {
    "json-2": createJson2Client(settings),
    "json-rpc": createJsonRpcClient(settings),
  };
  if (settings.protocol !== undefined) return clients[settings.protocol];
  let chosen: OdooClient | null = null;

  function choose(version: string): OdooClient {
    chosen = clients[hasJson2(version) ? "json-2" : "json-rpc"];
    return chosen;
  }

  const client = async (signal?: AbortSignal) => chosen ?? choose((await askVersion(clients, signal)).version);
  return {
    call: async (model, method, named, signal) => (await client(signal)).call(model, method, named, signal),
    userId: async (signal) => (await client(signal)).userId(signal),
    server: async (signal) => {
      const told = await (chosen === null ? askVersion(clients, signal) : chosen.server(signal));
      choose(told.version);
      return told;
    },
  };
}

/** What JSON-2's address for it does not tell, JSON-RPC tells. */
async function askVersion(
  clients: Readonly<Record<OdooProtocol, OdooClient>>,
  signal?: AbortSignal,
): Promise<OdooVersion> {
  try {
    return await clients["json-2"].server(signal);
  } catch (error) {
    if (!(error instanceof GroundworkError) || (error.code !== "odoo-refused" && error.code !== "odoo-answer"))
      throw error;
  }
  return clients["json-rpc"].server(signal);
}
