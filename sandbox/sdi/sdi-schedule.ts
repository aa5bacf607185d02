// sandbox: sends SdI's notices when the clock says so, those of one file in their order, each until it is delivered.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { DueHeap } from './due-heap.ts';
import type { SdiArchive } from './sdi-archive.ts';
import type { SdiAnswer } from './sdi-records.ts';

/** What the schedule needs. */
export interface ScheduleParts {
  readonly archive: SdiArchive;
  readonly clock: Clock;
  readonly log: SandboxLog;
  /** Brings one notice to its mailbox; rejects where it could not. */
  readonly send: (answer: SdiAnswer) => Promise<void>;
}

/** The clock may jump: it is looked at so often. */
const lookMs = 200;
/** After how many milliseconds a notice that could not be delivered is tried again. */
const againMs = 1000;

/** Sends what is due; only the next notice of each file is in the heap. */
export class SdiSchedule {
  readonly #parts: ScheduleParts;
  readonly #heap = new DueHeap();
  /** Key → the instant of its one entry that counts. */
  readonly #entries = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier run left, and goes on until it is stopped. */
  start(): void {
    for (const sdiId of this.#parts.archive.answeredIds()) this.look(sdiId);
    this.#timer = setInterval(() => this.#sendWhatIsDue(), lookMs);
  }

  /** Looks what is the next notice about a file. */
  look(sdiId: string): void {
    const next = this.#nextOf(sdiId);
    if (next) this.#enter(sdiId, Date.parse(next.dueAt));
  }

  /** Sends nothing more; what is being sent is sent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  #sendWhatIsDue(): void {
    this.#work ??= this.#drain().finally(() => {
      this.#work = undefined;
    });
  }

  async #drain(): Promise<void> {
    for (;;) {
      const first = this.#heap.first();
      if (this.#isStopped || first === undefined || first.at > this.#now()) return;
      this.#heap.pop();
      // Another entry took its place.
      if (this.#entries.get(first.key) !== first.at) continue;
      this.#entries.delete(first.key);
      await this.#sendNext(first.key);
    }
  }

  async #sendNext(sdiId: string): Promise<void> {
    const { archive, clock, log, send } = this.#parts;
    const next = this.#nextOf(sdiId);
    if (!next) return;
    if (Date.parse(next.dueAt) > this.#now()) return this.look(sdiId);
    try {
      await send(next);
      await archive.record({ type: 'sent', id: next.id, at: clock.now().toISOString() });
      this.look(sdiId);
    } catch (error) {
      log.error({ err: error, sdiId, notice: next.id }, 'sandbox.sdi.notice-not-sent');
      this.#enter(sdiId, this.#now() + againMs);
    }
  }

  #nextOf(sdiId: string): SdiAnswer | undefined {
    const { archive } = this.#parts;
    return archive.answersOf(sdiId).find(({ id }) => archive.sentAt(id) === undefined && !archive.isCancelled(id));
  }

  #enter(key: string, at: number): void {
    const entered = this.#entries.get(key);
    if (entered !== undefined && entered <= at) return;
    this.#entries.set(key, at);
    this.#heap.push({ at, key });
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }
}
