// platform: sets events aside in the background; an event counts as finished only once its dead letter is durable.
import type { OutgoingEvent } from '../bus.ts';
import { toDeadLetter } from '../dead-letter.ts';
import { errorKind } from '../failure-kinds.ts';
import { pauseDelayMs } from './retry-delay.ts';
import type { Timers } from './timers.ts';
import { WakeSignal } from './wake-signal.ts';
import type { WorkItem } from './work-items.ts';

/** Publishes dead letters; resolves once they are durable in the log. */
export type PublishDeadLetters = (letters: OutgoingEvent[]) => Promise<void>;

interface Letter {
  readonly item: WorkItem;
  readonly error: unknown;
  readonly outgoing: OutgoingEvent;
}

/** Letters that wait to be durable. Where the log is away, they wait and are tried again until it is back. */
export class DeadLetterBox {
  readonly #group: string;
  readonly #publish: PublishDeadLetters;
  readonly #durable: (item: WorkItem, error: unknown) => void;
  readonly #timers: Timers;
  readonly #bell = new WakeSignal();
  #letters: Letter[] = [];
  #trouble: unknown;
  #emptied: (() => void)[] = [];

  /**
   * @param group the group that gives up
   * @param publish the face's way to publish
   * @param durable told of each event whose letter is durable
   * @param timers for the waits
   */
  constructor(
    group: string,
    publish: PublishDeadLetters,
    durable: (item: WorkItem, error: unknown) => void,
    timers: Timers,
  ) {
    this.#group = group;
    this.#publish = publish;
    this.#durable = durable;
    this.#timers = timers;
  }

  /** Why letters cannot be published at the moment, if so. */
  get trouble(): unknown {
    return this.#trouble;
  }

  /** Sets an event aside. */
  add(item: WorkItem, error: unknown): void {
    const outgoing = toDeadLetter(item.event, error, { group: this.#group, tries: item.tries });
    this.#letters.push({ item, error, outgoing });
    this.#bell.wake();
  }

  /** Publishes letters until the signal is aborted. */
  async run(closing: AbortSignal): Promise<void> {
    const ring = (): void => this.#bell.wake();
    closing.addEventListener('abort', ring, { once: true });
    for (let attempt = 0; !closing.aborted;) {
      if (this.#letters.length === 0) {
        for (const tell of this.#emptied.splice(0)) tell();
        await this.#bell.wait();
        continue;
      }
      const went = await this.#publishSome();
      attempt = went ? 0 : attempt + 1;
      if (!went) await this.#timers.sleep(pauseDelayMs(attempt, this.#timers.random()), closing);
    }
    for (const tell of this.#emptied.splice(0)) tell();
  }

  /** Waits until no letter waits any more, or the box is closed. */
  emptied(): Promise<void> {
    if (this.#letters.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  async #publishSome(): Promise<boolean> {
    this.#letters = this.#letters.filter(({ item }) => !item.owner.gone);
    const some = firstLetters(this.#letters);
    if (some.length === 0 || (await this.#tryPublish(some))) return true;
    if (some.length === 1 || errorKind(this.#trouble) === 'unavailable') {
      this.#letters.push(...this.#letters.splice(0, 1));
      return false;
    }
    // One letter that the log refuses must not hold back the others.
    let all = true;
    for (const letter of some) all = (await this.#tryPublish([letter])) && all;
    return all;
  }

  async #tryPublish(letters: readonly Letter[]): Promise<boolean> {
    try {
      await this.#publish(letters.map((letter) => letter.outgoing));
    } catch (error) {
      this.#trouble = error;
      return false;
    }
    this.#trouble = undefined;
    const gone = new Set(letters);
    this.#letters = this.#letters.filter((letter) => !gone.has(letter));
    for (const { item, error } of letters) this.#durable(item, error);
    return true;
  }
}

function firstLetters(letters: readonly Letter[]): Letter[] {
  let bytes = 0;
  const some = letters.slice(0, 100).filter((letter, at) => {
    bytes += letter.outgoing.value.length;
    return at === 0 || bytes <= 4 * 1024 * 1024;
  });
  return some;
}
