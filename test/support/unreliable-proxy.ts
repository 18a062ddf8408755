import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What a connection through the proxy meets. */
type Mood =
  | { readonly kind: "open" }
  /** Connections are refused, and those that are open are reset, as when the process behind is killed. */
  | { readonly kind: "dead" }
  /** Answers are cut off after so many bytes. */
  | { readonly kind: "cuts"; readonly after: number }
  /** Answers come so many milliseconds later. */
  | { readonly kind: "slow"; readonly by: number };

/** A way to a server that can be killed and made slow, while the server lives. */
export interface UnreliableProxy extends AsyncDisposable {
  readonly url: string;
  become(mood: Mood): void;
}

export async function unreliableProxy(target: string): Promise<UnreliableProxy> {
  const { hostname, port } = new URL(target);
  let mood: Mood = { kind: "open" };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (mood.kind === "dead") {
      client.resetAndDestroy();
      return;
    }
    const behind = connect(Number(port), hostname);
    keep(behind);
    let passed = 0;
    client.pipe(behind);
    behind.on("data", (bytes: Buffer) => {
      if (mood.kind === "cuts" && (passed += bytes.length) > mood.after) {
        client.end(bytes.subarray(0, mood.after), () => client.destroy());
        behind.destroy();
        return;
      }
      if (mood.kind === "slow") setTimeout(() => client.write(bytes), mood.by);
      else client.write(bytes);
    });
    behind.on("close", () => client.destroy());
    client.on("close", () => behind.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    become(next) {
      mood = next;
      if (next.kind === "dead") for (const socket of sockets) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
