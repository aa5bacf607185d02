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

/** The turns of one mailbox. */
interface Lane {
  free: number;
  readonly waiting: (() => void)[];
}

/**
 * The mails under way, by transmission. Each is in doubt from its first byte until its result is noted: a process killed then
 * does not know what came of it. So only a few of each mailbox are let into that stretch at once, and the others wait.
 */
export class MailsInHand {
  readonly #byId = new Map<string, MailInHand>();
  readonly #lanes = new Map<string, Lane>();
  readonly #inDoubtMax: number;

  /** @param inDoubtMax how many of one mailbox may be in doubt at once */
  constructor(inDoubtMax: number = inDoubtMaxDefault) {
    this.#inDoubtMax = inDoubtMax;
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
   * @param mailbox whose mail it is: a mail server that hangs holds back nobody else's
   */
  begin(transmissionId: string, work: MailWork, mailbox = ''): MailInHand {
    const state: { stage: MailStage; outcome: MailInHand['outcome'] } = { stage: 'queued', outcome: undefined };
    const end = (outcome: { readonly error?: unknown }): void => {
      state.outcome = outcome;
      this.#byId.delete(transmissionId);
    };
    const ended = this.#inTurn(this.#laneOf(mailbox), () => work((stage) => (state.stage = stage))).then(
      () => end({}),
      (error: unknown) => end({ error }),
    );
    const mail = Object.assign(state, { ended });
    this.#byId.set(transmissionId, mail);
    return mail;
  }

  #laneOf(mailbox: string): Lane {
    const found = this.#lanes.get(mailbox);
    if (found) return found;
    const lane: Lane = { free: this.#inDoubtMax, waiting: [] };
    this.#lanes.set(mailbox, lane);
    return lane;
  }

  async #inTurn(lane: Lane, work: () => Promise<void>): Promise<void> {
    if (lane.free > 0) lane.free--;
    else await new Promise<void>((go) => lane.waiting.push(go));
    try {
      await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.free++;
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
