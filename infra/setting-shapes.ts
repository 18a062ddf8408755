import { z } from "zod";

/** Shapes of settings, each with what it must be as its error. */
export const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be an address such as ${example}` });
export const webAddress = url(/^https?$/, "https://host.example");
export const wholeNumber = (admits: (value: number) => boolean, meaning: string) =>
  z
    .string()
    .refine((value) => /^\d{1,9}$/.test(value) && admits(Number(value)), { error: `must be ${meaning}` })
    .transform(Number);
export const positiveInteger = wholeNumber((value) => value > 0, "a whole number above zero");
export const port = wholeNumber((value) => value <= 65_535, "a port from 0 to 65535; 0 takes any that is free");
export const yesOrNo = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((value) => value === "true");
export const oneOf = <const Choice extends string>(choices: readonly Choice[]) =>
  z.enum(choices, { error: `must be one of ${choices.join(", ")}` });
export const modelNames = z
  .string()
  .regex(/^[a-z0-9_.*]+(\s*,\s*[a-z0-9_.*]+)*$/, { error: "must be names of models, such as fleet.vehicle, x_*" })
  .transform((names): readonly string[] => names.split(",").map((name) => name.trim()));
export const webhookSecret = z.string().regex(/^(whsec_[A-Za-z0-9+/]{32,}={0,2}|(?!whsec_).{32,})$/, {
  error: "must have at least 32 characters, or be whsec_ and at least 24 bytes in base64",
});
export const webhookToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{32,128}$/, { error: "must be 32 to 128 letters, digits, _ or -" });
