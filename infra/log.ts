import { type LogFn, type Logger, pino } from "pino";

/** Structured log lines on stderr: ids, counts, codes and durations; never document text, questions or secrets. */
export type Log = Logger;

export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ["req.headers.authorization", "req.headers.cookie", "*.apiKey", "*.password"],
        censor: "[secret]",
      },
      serializers: { error: (error) => describeError(error), err: (error) => describeError(error) },
      hooks: { logMethod: withoutVendorMessage },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** pino takes the message of an error that is logged without one of ours for the line's message; a vendor's may quote data. */
function withoutVendorMessage(this: Logger, parameters: Parameters<LogFn>, method: LogFn): void {
  const [first, message, ...rest]: readonly unknown[] = parameters;
  const isBare = first instanceof Error || (isObject(first) && first["err"] instanceof Error);
  if (!isBare) return method.apply(this, parameters);
  const fields = first instanceof Error ? { error: first } : first;
  method.apply(this, [fields, typeof message === "string" ? message : "error", ...rest]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Causes of causes that are told; an error may cause itself. */
const DEEPEST_CAUSE = 5;

/** An error by code and message along its causes; no stack of the vendor, which may quote data. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: "not an error" };
  const code = "code" in error ? error.code : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.name === "GroundworkError" || error.name === "PermissionError" ? error.message : undefined,
    ...(error.cause === undefined || depth >= DEEPEST_CAUSE ? {} : { cause: describeError(error.cause, depth + 1) }),
    at: placeOf(error),
  };
}

/** Where in our own code the error arose. The stack begins with the message, which must not pass for a place. */
function placeOf({ stack = "", message }: Error): string | undefined {
  const said = stack.indexOf(message);
  if (said === -1) return undefined;
  const frames = stack
    .slice(said + message.length)
    .split("\n")
    .slice(1);
  return frames.find((line) => /^ +at .*\.ts:\d+/.test(line) && !line.includes("node_modules"))?.trim();
}
