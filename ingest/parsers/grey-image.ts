/** Pixels in rows from the top, each of so many bytes: 1 grey; 3 red, green and blue; 4 the same and opacity. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/**
 * The pixels on white, in shades of grey, as a binary PGM file: the recognition looks at nothing else, both engines read it, and writing
 * and reading it takes next to no time.
 */
export function greyImage({ width, height, channels, data }: Pixels): Uint8Array {
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1");
  const count = width * height;
  const image = new Uint8Array(header.length + count);
  image.set(header);
  if (channels === 1) {
    image.set(data.subarray(0, count), header.length);
    return image;
  }
  for (let pixel = 0, from = 0, to = header.length; pixel < count; pixel += 1, from += channels, to += 1) {
    // Rec. 601 in 256ths, as Leptonica weighs colours.
    const grey = (77 * (data[from] ?? 0) + 151 * (data[from + 1] ?? 0) + 28 * (data[from + 2] ?? 0)) >> 8;
    const opacity = channels === 4 ? (data[from + 3] ?? 0) : 255;
    image[to] = opacity === 255 ? grey : ((grey * opacity + 255 * (255 - opacity)) / 255) | 0;
  }
  return image;
}
