import dgram from "node:dgram";
import dns from "node:dns";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";
import { GroundworkError } from "../../infra/errors.ts";

/*
 * Preloaded into the process that parses files and, as preloads are, into its threads. It covers all ways of JavaScript to the
 * network: fetch, WebSocket, EventSource, net, tls, http, https, http2, dgram and dns, also where they were imported by name.
 * It does not cover native code; neither of the two native modules there (canvas, msgpackr) opens connections. Starting processes and
 * writing files is refused by Node's permission model, which does not know the network yet in Node 24.
 */
function refuse(): never {
  throw new GroundworkError("forbidden", "Parsers have no network.");
}

net.Socket.prototype.connect = refuse;
for (const [module, names] of [
  [net, ["connect", "createConnection", "createServer"]],
  [tls, ["connect", "createServer"]],
  [http, ["request", "get", "createServer"]],
  [https, ["request", "get", "createServer"]],
  [http2, ["connect", "createServer", "createSecureServer"]],
  [dgram, ["createSocket"]],
  [dns, ["lookup", "lookupService", "resolve", "resolve4", "resolve6", "resolveAny", "resolveTxt", "reverse"]],
  [dns.promises, ["lookup", "lookupService", "resolve", "resolve4", "resolve6", "resolveAny", "resolveTxt", "reverse"]],
  [globalThis, ["fetch", "WebSocket", "EventSource"]],
] as const) {
  for (const name of names) Object.defineProperty(module, name, { value: refuse, configurable: true, writable: true });
}
syncBuiltinESMExports();
