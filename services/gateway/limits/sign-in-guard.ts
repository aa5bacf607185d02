// gateway: addresses that try wrong credentials have to wait, with the right one too: else the answers would still tell which is right.

/** Remembers who tried too much, and who signed in before. */
export interface SignInGuard {
  /** Notes that an address tried too many wrong credentials. */
  bar(address: string, waitMs: number): void;
  /**
   * Asks whether a credential that counts may be used. One that was used from there before may, so that a stranger behind the same
   * address (a firm's proxy) keeps nobody out.
   * @returns milliseconds to wait, 0 for none
   */
  waitMs(address: string, credential: string): number;
}

/**
 * Makes the guard of one gateway. It keeps the names of credentials, never the credentials.
 * @param nowMs tells the time
 * @param keptMax how many addresses, and how many signed-in credentials, are remembered at most
 */
export function createSignInGuard(nowMs: () => number, keptMax = 50_000): SignInGuard {
  const barred = new Map<string, number>();
  let young = new Set<string>();
  let old = new Set<string>();

  function remember(one: string): void {
    if (young.size >= keptMax / 2) {
      old = young;
      young = new Set();
    }
    young.add(one);
  }

  return {
    bar(address, waitMs) {
      if (barred.size >= keptMax) barred.clear();
      barred.set(address, nowMs() + waitMs);
    },
    waitMs(address, credential) {
      const one = `${address} ${credential}`;
      if (young.has(one)) return 0;
      const untilMs = barred.get(address) ?? 0;
      const waitMs = Math.max(0, untilMs - nowMs());
      if (waitMs > 0 && !old.has(one)) return waitMs;
      if (waitMs === 0) barred.delete(address);
      remember(one);
      return 0;
    },
  };
}
