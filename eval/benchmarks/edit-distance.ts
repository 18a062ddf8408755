/**
 * The fewest insertions, deletions and replacements of characters (UTF-16 units) that turn one text into the other. Myers' bit-parallel
 * algorithm (1999) in blocks of 32, as Hyyrö states it (2003): 32 cells of the table at once, so that pages take milliseconds.
 */
export function editDistance(left: string, right: string): number {
  if (left.length === 0 || right.length === 0) return left.length + right.length;
  const blocks = Math.ceil(left.length / 32);
  const masks = new Map<number, Int32Array>();
  for (let index = 0; index < left.length; index += 1) {
    const code = left.charCodeAt(index);
    let mask = masks.get(code);
    if (mask === undefined) masks.set(code, (mask = new Int32Array(blocks)));
    mask[index >>> 5] = (mask[index >>> 5] ?? 0) | (1 << (index & 31));
  }
  const none = new Int32Array(blocks);
  const up = new Int32Array(blocks).fill(-1);
  const down = new Int32Array(blocks);
  const lastBit = 1 << ((left.length - 1) & 31);
  let distance = left.length;
  for (let index = 0; index < right.length; index += 1) {
    const mask = masks.get(right.charCodeAt(index)) ?? none;
    // The change along the row above the block: every column of the first row is one more than the one before.
    let carryUp = 1;
    let carryDown = 0;
    for (let block = 0; block < blocks; block += 1) {
      const plus = up[block] ?? 0;
      const minus = down[block] ?? 0;
      const match = (mask[block] ?? 0) | carryDown;
      const across = (mask[block] ?? 0) | minus;
      const matched = (((match & plus) + plus) ^ plus) | match;
      let rowUp = minus | ~(matched | plus);
      let rowDown = plus & matched;
      if (block === blocks - 1) {
        if ((rowUp & lastBit) !== 0) distance += 1;
        if ((rowDown & lastBit) !== 0) distance -= 1;
      }
      const nextUp = rowUp >>> 31;
      const nextDown = rowDown >>> 31;
      rowUp = (rowUp << 1) | carryUp;
      rowDown = (rowDown << 1) | carryDown;
      up[block] = rowDown | ~(across | rowUp);
      down[block] = rowUp & across;
      carryUp = nextUp;
      carryDown = nextDown;
    }
  }
  return distance;
}
