import { type Logger, pino } from "pino";

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
      serializers: { error: describeError },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** An error by code and message along its causes; no stack of the vendor, which may quote data. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: "not an error" };
  const code = "code" in error ? error.code : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.name === "GroundworkError" || error.name === "PermissionError" ? error.message : undefined,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    at: error.stack
      ?.split("\n")
      .find((line) => line.includes(".ts:"))
      ?.trim(),
  };
}
