import { describe, expect, it } from "vitest";
import { greyImage } from "../../../ingest/parsers/grey-image.ts";

const parsed = (image: Uint8Array): [string, number[]] => {
  const header = "P5\n2 1\n255\n";
  return [Buffer.from(image.subarray(0, header.length)).toString("latin1"), [...image.subarray(header.length)]];
};

describe("greyImage", () => {
  it.each([
    ["shades as they are", 1, [0, 200], [0, 200]],
    ["white and black of colours", 3, [255, 255, 255, 0, 0, 0], [255, 0]],
    ["what is transparent as paper", 4, [0, 0, 0, 0, 10, 10, 10, 255], [255, 10]],
    ["half of a half-transparent black", 4, [0, 0, 0, 128, 255, 255, 255, 1], [127, 255]],
  ] as const)("gives %s", (_case, channels, data, shades) => {
    expect(parsed(greyImage({ width: 2, height: 1, channels, data: Uint8Array.from(data) }))).toEqual([
      "P5\n2 1\n255\n",
      [...shades],
    ]);
  });
});
