import { crc32, inflateSync } from "node:zlib";
import { greyImage } from "./grey-image.ts";
import type { PdfObjects, PdfStream } from "./pdf-objects.ts";
import type { PdfDictionary, PdfValue } from "./pdf-syntax.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Picture extends Size {
  /** Bits of a sample, and samples of a pixel. */
  readonly bits: number;
  readonly channels: 1 | 3;
  readonly isInverted: boolean;
  readonly bytes: Uint8Array;
  /** `DecodeParms` of its one filter. */
  readonly parameters: PdfDictionary;
}

/**
 * An image of a PDF as an image file that both engines read, with its pixels as they are and, where it can be, without so much as unpacking
 * them: JPEG is taken out whole, what is deflated becomes PNG, a fax becomes TIFF. Null for all that is not plain: other filters, masks,
 * palettes, odd colours.
 */
export function pictureFile(objects: PdfObjects, stream: PdfStream): Uint8Array | null {
  const filters = objects.filters(stream.dictionary);
  const picture = pictureOf(objects, stream, filters.length);
  if (picture === null || filters.length > 1) return null;
  switch (filters[0]) {
    case "DCTDecode":
      return jpegFile(picture);
    case "FlateDecode":
      return deflatedFile(picture);
    case "CCITTFaxDecode":
      return faxFile(picture);
    default:
      return null;
  }
}

function pictureOf(objects: PdfObjects, { dictionary, bytes }: PdfStream, filters: number): Picture | null {
  const number = (key: string): number => {
    const value = objects.value(dictionary.get(key));
    return typeof value === "number" && Number.isInteger(value) ? value : 0;
  };
  if (["Mask", "SMask", "ImageMask"].some((key) => (objects.value(dictionary.get(key)) ?? false) !== false))
    return null;
  const channels = channelsOf(objects, dictionary.get("ColorSpace"));
  const decode = objects.numbers(dictionary.get("Decode"));
  const isInverted = channels === 1 && decode.join(" ") === "1 0";
  const isPlain = decode.every((value, index) => value === index % 2);
  const [width, height] = [number("Width"), number("Height")];
  if (channels === null || width < 1 || height < 1 || !(isPlain || isInverted)) return null;
  const parameters = objects.value(dictionary.get("DecodeParms"));
  const own = filters === 1 && Array.isArray(parameters) ? objects.value(parameters[0] as PdfValue) : parameters;
  return {
    width,
    height,
    bits: number("BitsPerComponent"),
    channels,
    isInverted,
    bytes,
    parameters: own instanceof Map ? (own as PdfDictionary) : new Map(),
  };
}

/** Null for what takes more than counting to turn into grey. */
function channelsOf(objects: PdfObjects, space: PdfValue | undefined): 1 | 3 | null {
  const [family, profile] = objects.array(space);
  const name = objects.name(space) || objects.name(family);
  if (["DeviceGray", "CalGray", "G"].includes(name)) return 1;
  if (["DeviceRGB", "CalRGB", "RGB"].includes(name)) return 3;
  const components = name === "ICCBased" ? objects.stream(profile)?.dictionary.get("N") : null;
  return components === 1 || components === 3 ? components : null;
}

/** Not where its own data would have it turned (Exif) or counts otherwise than the PDF does. */
function jpegFile({ width, height, channels, bits, isInverted, bytes, parameters }: Picture): Uint8Array | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isInverted || bits !== 8 || parameters.has("ColorTransform") || data.length < 4) return null;
  if (data.readUInt16BE(0) !== 0xff_d8) return null;
  for (let at = 2; at + 10 < data.length; at += 2 + data.readUInt16BE(at + 2)) {
    const marker = data.readUInt16BE(at);
    if (marker < 0xff_c0 || marker === 0xff_da || marker === 0xff_e1) return null;
    if (
      marker === 0xff_ee &&
      data.toString("latin1", at + 4, at + 9) === "Adobe" &&
      data[at + 15] === 0 &&
      channels === 3
    )
      return null;
    if (marker > 0xff_c2) continue;
    const isSame =
      data.readUInt16BE(at + 5) === height && data.readUInt16BE(at + 7) === width && data[at + 9] === channels;
    return isSame ? data : null;
  }
  return null;
}

function deflatedFile(picture: Picture): Uint8Array | null {
  const { width, height, bits, channels, isInverted, bytes, parameters } = picture;
  const parameter = (key: string, usual: number): PdfValue | undefined => parameters.get(key) ?? usual;
  const predictor = parameter("Predictor", 1);
  const row = Math.ceil((width * bits * channels) / 8);
  if (isInverted) return null;
  if (typeof predictor === "number" && predictor >= 10) {
    const fits =
      parameter("Columns", 1) === width &&
      parameter("Colors", 1) === channels &&
      parameter("BitsPerComponent", 8) === bits;
    return fits && (bits === 8 || (bits === 1 && channels === 1)) ? pngFile(picture) : null;
  }
  if (predictor !== 1) return null;
  const data = inflateSync(bytes, { maxOutputLength: row * height + 1024 });
  if (data.length < row * height) return null;
  if (bits === 8) return greyImage({ width, height, channels, data });
  if (bits !== 1 || channels !== 1) return null;
  // In PBM 1 is black.
  return Buffer.concat([
    Buffer.from(`P4\n${width} ${height}\n`),
    data.subarray(0, row * height).map((byte) => byte ^ 255),
  ]);
}

/** The stream is what PNG keeps in IDAT, filter bytes and all. */
function pngFile({ width, height, bits, channels, bytes }: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = channels === 1 ? 0 : 2;
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", bytes),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Group 4 alone, which is what scanners write. */
function faxFile({ width, height, bits, channels, isInverted, bytes, parameters }: Picture): Uint8Array | null {
  const k = parameters.get("K");
  if (channels !== 1 || bits > 1 || typeof k !== "number" || k >= 0 || parameters.get("EncodedByteAlign") === true)
    return null;
  if ((parameters.get("Columns") ?? 1728) !== width) return null;
  const isNegative = (parameters.get("BlackIs1") === true) !== isInverted;
  const fields = [
    [256, width],
    [257, height],
    [258, 1],
    [259, 4],
    [262, isNegative ? 1 : 0],
    [273, 8],
    [277, 1],
    [278, height],
    [279, bytes.length],
  ] as const;
  // Little-endian: the header, the data from byte 8 on, then the directory, each field one 32-bit number.
  const start = 8 + bytes.length + (bytes.length % 2);
  const file = Buffer.alloc(start + 2 + 12 * fields.length + 4);
  file.write("II*\0", "latin1");
  file.writeUInt32LE(start, 4);
  file.set(bytes, 8);
  file.writeUInt16LE(fields.length, start);
  for (const [index, [tag, value]] of fields.entries()) {
    const at = start + 2 + 12 * index;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(4, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  return file;
}
