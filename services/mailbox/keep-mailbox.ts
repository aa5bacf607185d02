// mailbox: keeps one mailbox while this instance has it: reads it and works through what came; hands it to another instance when it is lost.
import type { World } from '@staffetta/platform/service.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import type { LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import type { MailboxSettings, MailboxToRead } from './config.ts';
import { holdMailbox, letGoMailbox } from './held-mailboxes.ts';
import type { Neighbours } from './neighbours.ts';
import { pause } from './pause.ts';
import { insertPlace, noteTroubles } from './places.ts';
import { readMailbox } from './read-mailbox.ts';
import { Troubles } from './troubles.ts';
import type { Understanding } from './understanding.ts';
import { keepWorking } from './work-through.ts';

/** What a mailbox is kept with. */
export interface KeepingParts {
  readonly world: World;
  readonly values: MailboxSettings;
  readonly instance: LiveInstance;
  readonly understanding: Understanding;
  readonly neighbours: Neighbours;
}

/** A mailbox whose mails are worked through; without `read` nobody reads it any more, and what came before is still answered for. */
export interface KeptMailbox {
  readonly address: string;
  readonly read?: MailboxToRead;
}

const takeEveryMs = 1000;

/** Keeps one mailbox. */
export class MailboxKeeper {
  readonly address: string;
  readonly #parts: KeepingParts;
  readonly #read: MailboxToRead | undefined;
  readonly #troubles: Troubles;
  readonly #stopping = new AbortController();
  #term: AbortController | undefined;
  #wake: (() => void) | undefined;
  #woken = false;
  #connected = false;
  #seenMs: number | undefined;
  #running: Promise<void> | undefined;

  /**
   * @param parts what it takes
   * @param mailbox which
   */
  constructor(parts: KeepingParts, { address, read }: KeptMailbox) {
    const { world, values } = parts;
    this.#parts = parts;
    this.address = address;
    this.#read = read;
    this.#troubles = new Troubles({
      mailbox: address,
      log: world.log,
      now: () => world.clock.now(),
      keep: (troubles) => noteTroubles(world.store, { address, folder: values.folder }, troubles),
    });
  }

  /** Begins. */
  start(): void {
    this.#running = this.#run();
  }

  /** Whether this instance is connected to the mailbox now. */
  isConnected(): boolean {
    return this.#connected;
  }

  /** When it last looked into the mailbox with success, by `performance.now()`; undefined where it never did. */
  lastSeenMs(): number | undefined {
    return this.#seenMs;
  }

  /** What is wrong, in sentences; nothing while another instance has the mailbox. */
  troubles(): string[] {
    return this.#troubles.sentences();
  }

  /** Something is to be done: looks at once. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** The instance's connection is lost: another one may have the mailbox already, so that reading ends at once. */
  lose(): void {
    this.#term?.abort();
  }

  /** Ends the reading, lets the mail in hand end, lets the mailbox go. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#term?.abort();
    await this.#running;
    await this.#troubles.settled();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const term = await this.#take();
      if (term) await this.#keep(term);
      else await pause(takeEveryMs, signal);
    }
  }

  /** Tries to get the mailbox; the term ends when it is lost. */
  async #take(): Promise<AbortController | undefined> {
    const { world, values, instance } = this.#parts;
    // Set before the lock is asked for, so that a loss in between ends the term too.
    const term = new AbortController();
    this.#term = term;
    try {
      await insertPlace(world.store, this.address, values.folder);
      if (!(await holdMailbox(instance, this.address))) return undefined;
      if (this.#stopping.signal.aborted) term.abort();
      return term;
    } catch (error) {
      world.log.debug({ err: error, mailbox: shownAddress(this.address) }, 'mailbox.notTaken');
      return undefined;
    }
  }

  async #keep({ signal }: AbortController): Promise<void> {
    const { world, values, instance, neighbours, understanding } = this.#parts;
    const { address } = this;
    const troubles = this.#troubles;
    const shown = shownAddress(address);
    world.log.info({ mailbox: shown }, 'mailbox.taken');
    troubles.forget();
    await noteTroubles(world.store, { address, folder: values.folder }, {}).catch(() => undefined);
    const working = { world, values, mailbox: address, understanding, neighbours, troubles };
    await Promise.all([
      this.#readIn(signal),
      keepWorking(working, (ms, early) => (early ? this.#rest(ms, signal) : pause(ms, signal)), signal),
    ]);
    troubles.forget();
    await letGoMailbox(instance, address).catch((error: unknown) => {
      // The connection is gone, and its lock with it.
      world.log.debug({ err: error, mailbox: shown }, 'mailbox.notLetGo');
    });
    world.log.info({ mailbox: shown }, 'mailbox.letGo');
  }

  async #readIn(signal: AbortSignal): Promise<void> {
    const { world, values } = this.#parts;
    if (!this.#read) return;
    const onConnected = (connected: boolean): void => void (this.#connected = connected);
    const onLooked = (): void => void (this.#seenMs = performance.now());
    const parts = { world, values, mailbox: this.#read, troubles: this.#troubles, onConnected, onLooked };
    await readMailbox({ ...parts, onStored: () => this.wake() }, signal);
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.#wake = () => early.abort();
    if (!this.#woken) await pause(ms, AbortSignal.any([early.signal, signal]));
    this.#wake = undefined;
    this.#woken = false;
  }
}
