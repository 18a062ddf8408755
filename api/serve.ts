import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GroundworkError } from "../infra/errors.ts";
import { createApp } from "./app.ts";
import type { Services } from "./services.ts";

export interface RunningServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:3600`. */
  readonly url: string;
}

/** Listens until disposed; requests under way get a moment to finish. Throws `configuration` when the address is taken. */
export async function serve(services: Services, host: string, port: number): Promise<RunningServer> {
  const server = createServer(createApp(services));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  await promise.catch((cause: unknown) => {
    throw new GroundworkError(
      "configuration",
      `Groundwork cannot listen on ${host}:${port}. Free the port or set HOST and PORT.`,
      { cause },
    );
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      const impatience = setTimeout(() => server.closeAllConnections(), 2_000);
      server.closeIdleConnections();
      await closed;
      clearTimeout(impatience);
    },
  };
}
