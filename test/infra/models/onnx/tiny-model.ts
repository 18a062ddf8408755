import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeOnnxModel } from "../../../../infra/models/minilm/onnx-model.ts";
import { TOKENIZER_PATH } from "../../../../infra/models/minilm/model-package.ts";

const WORDS = 30_522;
const SIZE = 8;

/**
 * A sentence-transformers directory whose model looks each token up in a table and does nothing more, with 64-bit inputs as exporters
 * make them. `files` are written beside it.
 */
export async function writeTinyModel(
  directory: string,
  files: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  await mkdir(join(directory, "onnx"), { recursive: true });
  const table = Float32Array.from({ length: WORDS * SIZE }, (_, at) => (Math.sin(at * 12.9898) * 43_758.5453) % 1);
  const model = encodeOnnxModel({
    name: "tiny",
    nodes: [{ operator: "Gather", domain: "", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"] }],
    constants: [{ name: "table", shape: [WORDS, SIZE], values: table }],
    inputs: ["input_ids", "attention_mask"].map((name) => ({ name, type: "int64", shape: ["batch", "tokens"] })),
    outputs: [{ name: "last_hidden_state", type: "float", shape: ["batch", "tokens", SIZE] }],
  });
  await writeFile(join(directory, "onnx/model.onnx"), model);
  if (!(await readdir(directory)).includes("tokenizer.json"))
    await symlink(TOKENIZER_PATH, join(directory, "tokenizer.json"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), JSON.stringify(content));
  }
  return directory;
}
