// sender: how many mails of a mailbox may go, as PEC providers limit them; counted in the database, so that it holds for all senders together.
import { realTime, type Clock } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetLeaves, lockLeaves, noteLeave, readLeaves, type Leaves } from './mail-leaves.ts';
import { lookAgainMs, NotYet } from './not-yet.ts';

/** The bounds; 0 is none. */
export interface ThrottleBounds {
  readonly perMinuteMax: number;
  readonly perDayMax: number;
}

/** Lets the mails of one mailbox go. */
export interface Throttle {
  /**
   * Refuses at once where it is known that the mail has to wait, without asking anybody.
   * @throws NotYet MAIL_WAITS
   */
  check(): void;
  /**
   * Lets one mail go, and counts it; called at the moment when it goes.
   * @param transmissionId which
   * @throws NotYet MAIL_WAITS where it has to wait longer than a moment
   */
  take(transmissionId: string): Promise<void>;
  /** Why mails wait for the day to pass, where they do. */
  fullDay(): string | undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Shorter waits are waited for on the spot: a mail that leaves its place for them would come back too late. */
const momentMs = 1000;

/**
 * Says when the next mail may go: mails of a minute are spread over it evenly, those of a day are only counted.
 * @param leaves what went before
 * @param bounds the bounds
 * @returns milliseconds since 1970; any past instant means now
 */
export function nextLeaveAt({ last, nthLast }: Leaves, { perMinuteMax, perDayMax }: ThrottleBounds): number {
  const bySpread = last && perMinuteMax > 0 ? last.getTime() + minuteMs / perMinuteMax : 0;
  const byDay = nthLast && perDayMax > 0 ? nthLast.getTime() + dayMs : 0;
  return Math.max(bySpread, byDay);
}

interface Parts {
  readonly world: Pick<World, 'store' | 'log'> & { readonly clock: Clock };
  readonly mailbox: string;
  readonly bounds: ThrottleBounds;
}

class CountedThrottle implements Throttle {
  readonly #parts: Parts;
  readonly #key: string;
  #known: ThrottleBounds = { perMinuteMax: 0, perDayMax: 0 };
  /** When the next mail may go, as far as this process knows. */
  #nextAt = 0;
  /** When the next one that is sent away should come again, so that they do not come all at once. */
  #hintAt = 0;
  #cleanedAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#key = parts.mailbox.toLowerCase();
  }

  #now(): number {
    return realTime(this.#parts.world.clock).getTime();
  }

  /** The bounds of the moment; where they changed, what was known by the old ones is forgotten. */
  get #bounds(): ThrottleBounds {
    const { perMinuteMax, perDayMax } = this.#parts.bounds;
    const isSame = perMinuteMax === this.#known.perMinuteMax && perDayMax === this.#known.perDayMax;
    if (isSame) return this.#known;
    this.#known = { perMinuteMax, perDayMax };
    this.#nextAt = 0;
    this.#hintAt = 0;
    return this.#known;
  }

  get #isBounded(): boolean {
    return this.#bounds.perMinuteMax > 0 || this.#bounds.perDayMax > 0;
  }

  check(): void {
    if (!this.#isBounded) return;
    const now = this.#now();
    if (this.#nextAt - now > momentMs) throw this.#notYet(now);
  }

  async take(transmissionId: string): Promise<void> {
    for (let waitedMs = 0; this.#isBounded;) {
      const nextAt = await this.#tryTake(transmissionId);
      if (nextAt === undefined) return;
      this.#nextAt = nextAt;
      const now = this.#now();
      const waitMs = Math.max(1, nextAt - now);
      waitedMs += waitMs;
      if (waitedMs > momentMs) throw this.#notYet(now);
      await sleep(waitMs);
    }
  }

  fullDay(): string | undefined {
    const { mailbox } = this.#parts;
    const bounds = this.#bounds;
    if (bounds.perDayMax === 0 || this.#nextAt - this.#now() <= minuteMs) return undefined;
    const until = new Date(this.#nextAt).toISOString();
    return `${mailbox} has sent its ${bounds.perDayMax} mails of the day (MAIL_PER_DAY_MAX); it goes on at ${until}.`;
  }

  /** Undefined where the mail may go. */
  async #tryTake(transmissionId: string): Promise<number | undefined> {
    const { world } = this.#parts;
    const bounds = this.#bounds;
    return world.store.transaction(async (tx) => {
      await lockLeaves(tx, this.#key);
      const now = this.#now();
      // Another sender's clock may be a little ahead of ours.
      const until = new Date(now + minuteMs);
      const nextAt = nextLeaveAt(await readLeaves(tx, this.#key, Math.max(1, bounds.perDayMax), until), bounds);
      if (nextAt > now) return nextAt;
      await noteLeave(tx, this.#key, transmissionId, new Date(now));
      if (now - this.#cleanedAt > minuteMs * 60) {
        await forgetLeaves(tx, new Date(now - 2 * dayMs));
        this.#cleanedAt = now;
      }
      return undefined;
    });
  }

  #notYet(now: number): NotYet {
    const { mailbox } = this.#parts;
    const bounds = this.#bounds;
    this.#hintAt = Math.max(this.#hintAt, this.#nextAt);
    const waitMs = this.#hintAt - now;
    if (bounds.perMinuteMax > 0 && waitMs < lookAgainMs) this.#hintAt += minuteMs / bounds.perMinuteMax;
    const bound = `${mailbox} has sent as many mails as it may for now (MAIL_PER_MINUTE_MAX, MAIL_PER_DAY_MAX).`;
    return new NotYet('MAIL_WAITS', this.fullDay() ?? bound, waitMs);
  }
}

/**
 * Makes the throttle of a mailbox; without bounds it counts nothing, and a bound that is set later counts from then on.
 * @param parts store and clock, the mailbox, and its bounds, which are read at each mail
 */
export function createThrottle(parts: Parts): Throttle {
  return new CountedThrottle(parts);
}
