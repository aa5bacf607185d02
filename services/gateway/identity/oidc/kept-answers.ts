// gateway: what was found out about credentials, kept for a while and bounded, so that the next request costs nothing.

/** Answers by the name of what was asked. */
export interface KeptAnswers<T> {
  /** @returns undefined where nothing is known or what was known is too old */
  get(name: string, nowMs: number): T | undefined;
  keep(name: string, answer: T, untilMs: number): void;
}

interface Kept<T> {
  readonly answer: T;
  readonly untilMs: number;
}

/**
 * Makes a bounded memory.
 * @param most how many answers it holds; the one that came first goes first
 */
export function keptAnswers<T>(most: number): KeptAnswers<T> {
  const kept = new Map<string, Kept<T>>();
  return {
    get(name, nowMs) {
      const one = kept.get(name);
      if (!one) return undefined;
      if (nowMs < one.untilMs) return one.answer;
      kept.delete(name);
      return undefined;
    },
    keep(name, answer, untilMs) {
      kept.delete(name);
      for (const first of kept.keys()) {
        if (kept.size < most) break;
        kept.delete(first);
      }
      kept.set(name, { answer, untilMs });
    },
  };
}
