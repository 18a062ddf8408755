import type { FloatTensor } from "./safetensors.ts";

/** Weights as bytes around a zero point of 128, with one scale for each block of neighbours in a row. */
export interface QuantizedRows {
  readonly bytes: Uint8Array;
  readonly scales: Float32Array;
  readonly blocksPerRow: number;
}

/** Neighbouring weights that share a scale. Smaller is closer to the original and larger on disk. */
export const BLOCK_SIZE = 32;

const ZERO_POINT = 128;
const LARGEST_STEP = 127;

/**
 * Quantizes a matrix to 8 bits in the layout of the `MatMulNBits` operator: rows are output features, each cut into blocks along the
 * input features. Weight = (byte - 128) * scale. A row length must be a multiple of the block size, as all of MiniLM's are.
 */
export function quantizeRows(matrix: FloatTensor): QuantizedRows {
  const [rows = 0, columns = 0] = matrix.shape;
  const blocksPerRow = columns / BLOCK_SIZE;
  const bytes = new Uint8Array(rows * columns);
  const scales = new Float32Array(rows * blocksPerRow);
  for (let block = 0; block < scales.length; block += 1) {
    const start = block * BLOCK_SIZE;
    const scale = largestMagnitude(matrix.values, start) / LARGEST_STEP || Number.EPSILON;
    scales[block] = scale;
    for (let position = start; position < start + BLOCK_SIZE; position += 1) {
      bytes[position] = Math.round((matrix.values[position] ?? 0) / scale) + ZERO_POINT;
    }
  }
  return { bytes, scales, blocksPerRow };
}

function largestMagnitude(weights: Float32Array, start: number): number {
  let largest = 0;
  for (let position = start; position < start + BLOCK_SIZE; position += 1) {
    largest = Math.max(largest, Math.abs(weights[position] ?? 0));
  }
  return largest;
}
