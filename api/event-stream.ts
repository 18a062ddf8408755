import type { Response } from "express";

/** Begins a stream of server-sent events; the function sends one. */
export function startEventStream(response: Response): (event: string, data: unknown) => void {
  response.status(200).set({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  return (event, data) => {
    if (!response.destroyed) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
}
