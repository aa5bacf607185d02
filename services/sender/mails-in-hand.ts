// sender: mails under way in this process, so that a step can leave a hanging one behind and a later try joins it.

/** How far a mail has come: it waits for a connection, is with the mail server, or its result is being noted. */
export type MailStage = 'queued' | 'sending' | 'noting';

/** A mail under way. */
export interface MailInHand {
  readonly stage: MailStage;
  /** Resolves when it has ended, well or not. */
  readonly ended: Promise<void>;
  /** Set once it has ended; `error` is there where it failed. */
  readonly outcome: { readonly error?: unknown } | undefined;
}

/** The work of one mail; it says how far it has come. */
export type MailWork = (reach: (stage: MailStage) => void) => Promise<void>;

/** How many mails are in doubt at once, unless a setting says otherwise. */
export const inDoubtMaxDefault = 12;

/**
 * The mails under way, by transmission. Each is in doubt from its first byte until its result is noted: a process killed then
 * mails it again. So only a few are let into that stretch at once, and the others wait.
 */
export class MailsInHand {
  readonly #byId = new Map<string, MailInHand>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param inDoubtMax how many may be in doubt at once */
  constructor(inDoubtMax: number = inDoubtMaxDefault) {
    this.#free = inDoubtMax;
  }

  /**
   * Finds a mail under way.
   * @param transmissionId its UUID
   */
  get(transmissionId: string): MailInHand | undefined {
    return this.#byId.get(transmissionId);
  }

  /**
   * Begins a mail; none of this transmission may be under way.
   * @param transmissionId its UUID
   * @param work what is to be done; its failure becomes the outcome
   */
  begin(transmissionId: string, work: MailWork): MailInHand {
    const state: { stage: MailStage; outcome: MailInHand['outcome'] } = { stage: 'queued', outcome: undefined };
    const end = (outcome: { readonly error?: unknown }): void => {
      state.outcome = outcome;
      this.#byId.delete(transmissionId);
    };
    const ended = this.#inTurn(() => work((stage) => (state.stage = stage))).then(
      () => end({}),
      (error: unknown) => end({ error }),
    );
    const mail = Object.assign(state, { ended });
    this.#byId.set(transmissionId, mail);
    return mail;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Resolves when all that is under way has ended. */
  async allEnded(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((mail) => mail.ended));
  }
}

/**
 * Waits until mails have ended, or until none of them has ended for a while: the rest hangs then.
 * @param mails those waited for
 * @param stillMs how long nothing may happen
 * @param signal ends the waiting
 */
export async function untilStill(mails: readonly MailInHand[], stillMs: number, signal: AbortSignal): Promise<void> {
  let left = mails.length;
  if (left === 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  const timer = setTimeout(stop, stillMs);
  signal.addEventListener('abort', stop, { once: true });
  let waiting = true;
  for (const mail of mails) {
    void mail.ended.then(() => {
      left -= 1;
      if (left === 0) resolve();
      else if (waiting) timer.refresh();
    });
  }
  await promise;
  waiting = false;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
