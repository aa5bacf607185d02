// platform: a reading that many may ask for at once: done once, kept for a while, and never waited for without end.

/** How a reading is shared. */
export interface SharedReadOptions {
  /** How long an answer serves, in milliseconds; 0: only those who ask while it is being read share it. */
  readonly keepMs: number;
  /** How long anybody waits, in milliseconds; the reading itself goes on, and serves whoever asks next. */
  readonly timeoutMs: number;
}

/**
 * Makes a reading shared. A failure is not kept: whoever asks next makes it be read again.
 * @param read what is read
 * @param options how long it serves, and is waited for
 * @returns a function that gives the answer; it throws what `read` threw, or an Error after the time-out
 */
export function sharedRead<T>(read: () => Promise<T>, options: SharedReadOptions): () => Promise<T> {
  let known: { readonly value: T; readonly untilMs: number } | undefined;
  let reading: Promise<T> | undefined;
  const readNow = async (): Promise<T> => {
    try {
      const value = await read();
      if (options.keepMs > 0) known = { value, untilMs: performance.now() + options.keepMs };
      return value;
    } finally {
      reading = undefined;
    }
  };
  return async () => {
    if (known && performance.now() < known.untilMs) return known.value;
    reading ??= readNow();
    return within(reading, options.timeoutMs);
  };
}

/** Waits for a promise, but not longer than so many milliseconds. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
