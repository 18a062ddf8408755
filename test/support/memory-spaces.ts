import type { VectorSpace, VectorSpaces } from "../../infra/db/vector-spaces.ts";

export interface MemorySpaces extends Pick<VectorSpaces, "searched" | "want"> {
  /** Has this one searched from now on. */
  become(embedder: string): void;
}

/** Spaces without a database: the first that is wanted is searched, until the test says otherwise. */
export function memorySpaces(): MemorySpaces {
  const spaces: VectorSpace[] = [];
  let searched: VectorSpace | null = null;
  return {
    async want({ id: embedder, dimensions, origin }) {
      const known = spaces.find((space) => space.embedder === embedder);
      const space = known ?? { id: spaces.length + 1, embedder, dimensions, origin };
      if (known === undefined) spaces.push(space);
      searched ??= space;
      return space;
    },
    searched: () => Promise.resolve(searched),
    become(embedder) {
      searched = spaces.find((space) => space.embedder === embedder) ?? null;
    },
  };
}
