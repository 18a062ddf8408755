/** A value that must not reach a log: it prints as `[secret]` and is read by calling `reveal`. */
export interface Secret {
  reveal(): string;
  toJSON(): string;
  toString(): string;
}

/** Wraps a value that was read from the environment. */
export function secret(value: string): Secret {
  return { reveal: () => value, toJSON: () => "[secret]", toString: () => "[secret]" };
}
