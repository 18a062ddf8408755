import { join } from "node:path";
import { z } from "zod";
import type { Config } from "./config.ts";
import type { QuestionVector } from "./chunk-index/port.ts";
import type { VectorSpace, VectorSpaces } from "./db/vector-spaces.ts";
import { GroundworkError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { EmbedderSetting } from "./model-settings.ts";
import { cachedEmbedder } from "./models/cached-embedder.ts";
import { openMiniLm } from "./models/minilm/open-minilm.ts";
import { openOnnxEmbedder } from "./models/onnx/open-onnx-embedder.ts";
import { readModelDirectory } from "./models/onnx/read-model-directory.ts";
import { openOpenAiEmbedder } from "./models/openai-embedder.ts";
import type { Embedder } from "./models/port.ts";
import { withoutTokens } from "./models/without-tokens.ts";

/** An embedder with the space of its vectors. */
export interface SpaceEmbedder {
  readonly space: VectorSpace;
  readonly embedder: Embedder;
}

/**
 * The embedder that is configured and, while the vectors of another are still searched, that one: texts are embedded with both, questions with
 * the one whose vectors are searched. Vectors of the two never meet.
 */
export interface Embedders extends AsyncDisposable {
  readonly configured: SpaceEmbedder;
  /** Those that texts are embedded with; the one whose vectors are searched first. Errors: `database`. */
  forTexts(): Promise<readonly SpaceEmbedder[]>;
  /**
   * The question for the vectors that are searched just now. Null: their embedder is not the one configured and cannot be opened any more.
   * Errors: `database`, those of the embedder.
   */
  embedQuestion(question: string, signal?: AbortSignal): Promise<QuestionVector | null>;
}

/** How long it is taken for right which vectors are searched: those searched before are kept for longer. Milliseconds. */
const SEARCHED_MS = 1_000;

interface FormerEmbedder {
  /** See `WantedEmbedder`. */
  readonly origin?: object;
  readonly openFormer?: (space: VectorSpace) => Promise<Embedder | null>;
}

type Setting = Pick<Config, "embedder" | "embedThreads" | "dataDirectory" | "lateInteraction">;

/** Opens what needs no database, so that it may be opened beside it. Errors: those of the embedder. */
export async function openConfigured(config: Setting): Promise<Embedder | null> {
  return config.embedder.kind === "endpoint" ? null : openEmbedder(config.embedder, config, null);
}

/** `opened` is what `openConfigured` gave, closed with the result. Errors: `database`, `configuration`, those of the embedder. */
export async function openEmbedders(
  opened: Embedder | null,
  config: Setting,
  spaces: Pick<VectorSpaces, "known" | "searched" | "want">,
  log: Log,
): Promise<Embedders> {
  const embedder = cachedEmbedder(opened ?? (await openEmbedder(config.embedder, config, spaces)));
  try {
    const origin = withoutSecrets(config.embedder);
    return await embeddersOver(embedder, spaces, { origin, openFormer: (space) => openFormer(space, config, log) });
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/**
 * Has this embedder's vectors searched, when all have been made. `openFormer` opens the embedder of a space that is searched until then;
 * null: it cannot be had. Errors: those of `VectorSpaces.want`.
 */
export async function embeddersOver(
  embedder: Embedder,
  spaces: Pick<VectorSpaces, "searched" | "want">,
  { origin = {}, openFormer = () => Promise.resolve(null) }: FormerEmbedder = {},
): Promise<Embedders> {
  const { id, dimensions } = embedder;
  const configured = { space: await spaces.want({ id, dimensions, origin }), embedder };
  let former: { readonly space: VectorSpace; readonly opening: Promise<Embedder | null> } | null = null;
  let seen: { readonly space: VectorSpace | null; readonly at: number } | null = null;

  async function searched(): Promise<SpaceEmbedder | null> {
    if (seen === null || performance.now() - seen.at > SEARCHED_MS) {
      seen = { space: await spaces.searched(), at: performance.now() };
    }
    const { space } = seen;
    if (space === null || space.id === configured.space.id) return configured;
    if (former?.space.id !== space.id) former = { space, opening: openFormer(space) };
    const held = await former.opening;
    return held === null ? null : { space, embedder: held };
  }

  return {
    configured,
    async forTexts() {
      const first = await searched();
      return first === null || first === configured ? [configured] : [first, configured];
    },
    async embedQuestion(question, signal) {
      const found = await searched();
      if (found === null) return null;
      const { values, ...told } = await questionBy(found.embedder, question, signal);
      if (values?.length !== found.space.dimensions) {
        throw new GroundworkError("model-answer", "The embedding model gave a vector of another length.");
      }
      return { space: found.space, values, ...told };
    },
    async [Symbol.asyncDispose]() {
      await (await former?.opening)?.close();
      await embedder.close();
    },
  };
}

/** In one pass, also where the tokens are told. */
async function questionBy(
  embedder: Embedder,
  question: string,
  signal: AbortSignal | undefined,
): Promise<Partial<Pick<QuestionVector, "values" | "tokens">>> {
  if (embedder.embedQuestion !== undefined) {
    const { vector, tokens } = await embedder.embedQuestion(question, signal);
    return { values: vector, tokens };
  }
  const [values] = await embedder.embed([question], signal, "question");
  return values === undefined ? {} : { values };
}

async function openEmbedder(
  setting: EmbedderSetting,
  config: Setting,
  spaces: Pick<VectorSpaces, "known"> | null,
): Promise<Embedder> {
  const threads = config.embedThreads;
  if (setting.kind === "bundled") {
    const embedder = await openMiniLm({ cacheDirectory: join(config.dataDirectory, "models"), threads });
    return config.lateInteraction ? embedder : withoutTokens(embedder);
  }
  if (setting.kind === "directory") {
    return openOnnxEmbedder(await readModelDirectory(setting.path, setting.prefixes), { threads });
  }
  const { dimensions, ...endpoint } = { ...setting, apiKey: setting.apiKey?.reveal() ?? null };
  return openOpenAiEmbedder({
    ...endpoint,
    ...(dimensions === null ? {} : { dimensions }),
    // An endpoint that is down keeps nothing from starting, where the length of its vectors is known.
    knownDimensions: async (id) => (await spaces?.known(id))?.dimensions ?? null,
  });
}

async function openFormer(space: VectorSpace, config: Setting, log: Log): Promise<Embedder | null> {
  const setting = originSchema.safeParse(space.origin);
  try {
    if (!setting.success) return null;
    const embedder = await openEmbedder(withKey(setting.data, config.embedder), config, null);
    if (embedder.id === space.embedder) return cachedEmbedder(embedder);
    await embedder.close();
  } catch (error) {
    log.warn({ error, embedder: space.embedder }, "the embedder whose vectors are still searched cannot be opened");
  }
  return null;
}

const prefixes = z.object({ question: z.string().optional(), text: z.string().optional() });
const originSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bundled") }),
  z.object({ kind: z.literal("directory"), path: z.string(), prefixes }),
  z.object({
    kind: z.literal("endpoint"),
    baseUrl: z.string().nullable(),
    model: z.string(),
    dimensions: z.number().nullable(),
    timeoutMs: z.number(),
    prefixes,
  }),
]);

function withoutSecrets(setting: EmbedderSetting): object {
  return setting.kind === "endpoint" ? { ...setting, apiKey: undefined } : setting;
}

/** A key goes to the endpoint that it was given for and to no other. */
function withKey(origin: z.infer<typeof originSchema>, configured: EmbedderSetting): EmbedderSetting {
  if (origin.kind !== "endpoint") return origin as EmbedderSetting;
  const isSame = configured.kind === "endpoint" && configured.baseUrl === origin.baseUrl;
  return { ...origin, apiKey: isSame ? configured.apiKey : null } as EmbedderSetting;
}
