import { GroundworkError } from "../../errors.ts";

/** A tensor of numbers in row-major order. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

/** The header is a JSON object behind its length as a 64-bit little-endian integer. */
const LENGTH_BYTES = 8;

/**
 * Reads the half-precision tensors of a safetensors file, by name, widened to 32 bits; tensors of other types are skipped.
 * Format: https://huggingface.co/docs/safetensors. Throws `model-unavailable` when the bytes are not such a file.
 */
export function readSafetensors(bytes: Uint8Array): ReadonlyMap<string, FloatTensor> {
  const { entries, dataStart } = readHeader(bytes);
  const tensors = new Map<string, FloatTensor>();
  for (const [name, entry] of entries) {
    if (entry.dtype !== "F16") continue;
    const [start, end] = entry.data_offsets;
    if (!(start <= end && dataStart + end <= bytes.byteLength)) throw notSafetensors();
    tensors.set(name, {
      shape: entry.shape,
      values: widenHalfFloats(bytes.subarray(dataStart + start, dataStart + end)),
    });
  }
  return tensors;
}

function readHeader(bytes: Uint8Array): { entries: [string, TensorEntry][]; dataStart: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength < LENGTH_BYTES ? Infinity : Number(view.getBigUint64(0, true));
  if (LENGTH_BYTES + length > bytes.byteLength) throw notSafetensors();
  const dataStart = LENGTH_BYTES + length;
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, dataStart))) as Record<
      string,
      TensorEntry
    >;
    return { entries: Object.entries(header).filter(([name]) => name !== "__metadata__"), dataStart };
  } catch (cause) {
    throw notSafetensors(cause);
  }
}

/** The data may start at an odd byte, which typed arrays refuse, so it is copied to a fresh buffer first. */
function widenHalfFloats(bytes: Uint8Array): Float32Array {
  const patterns = new Uint16Array(new Uint8Array(bytes).buffer);
  const values = new Float32Array(patterns.length);
  for (let position = 0; position < values.length; position += 1) {
    values[position] = halfFloatValue[patterns[position] ?? 0] ?? Number.NaN;
  }
  return values;
}

/** The number behind each of the 65,536 half-precision bit patterns (IEEE 754 binary16). */
const halfFloatValue = Float32Array.from({ length: 0x1_00_00 }, (_, bits) => {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

function notSafetensors(cause?: unknown): GroundworkError {
  return new GroundworkError(
    "model-unavailable",
    "The weights of the embedding model cannot be read: install the packages again.",
    { cause },
  );
}
