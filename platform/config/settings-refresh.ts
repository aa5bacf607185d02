// platform: asks the configuration servers again while a service runs: at intervals, and at once when somebody says that something changed.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../telemetry/log.ts';
import { oneAfterAnother } from '../work/one-after-another.ts';
import type { ConfigSource, Served } from './config-source.ts';

/** What is asked, and what becomes of it. */
export interface RefreshOptions {
  readonly source: ConfigSource;
  /** Milliseconds between two askings; 0 for none. Asked anew each time. */
  readonly everyMs: () => number;
  /**
   * Puts what is served into force.
   * @returns the environment names of the settings that changed
   * @throws HubError SETTING_WRONG; nothing has changed then
   */
  readonly take: (served: Served) => readonly string[];
  /** Is told what was served, once it is in force. */
  readonly onTaken: (served: Served) => void;
  /** Why the asking at the start failed, where it did. */
  readonly failure?: unknown;
  /** When the settings were served that are in force because of it; absent where none were kept. */
  readonly keptAt?: Date | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How it went so far. */
export interface RefreshState {
  /** The servers, without logins. */
  readonly servers: readonly string[];
  /** When one answered last (null: never), and when something came into force last (null: not since the start). */
  readonly answeredAt: string | null;
  readonly changedAt: string | null;
  /** Where no server answered since the start, and what was served to an earlier one is in force: when that was kept. */
  readonly keptAt: string | null;
  /** Why not everything that is served is in force: no server answers, or a value is wrong. */
  readonly problem: string | null;
}

/** Settings that are kept fresh. */
export interface SettingsRefresh {
  /**
   * Asks at once.
   * @returns the environment names of the settings that changed
   * @throws HubError SERVICE_AWAY where no server answers; SETTING_WRONG where what is served is refused
   */
  now(): Promise<readonly string[]>;
  state(): RefreshState;
  stop(): Promise<void>;
}

const callMsMax = 5000;
const againMs = { first: 1000, most: 30_000 } as const;

function wordsOf(failure: unknown): string {
  if (failure instanceof HubError) return `${failure.message} ${failure.help}`;
  return failure instanceof Error ? failure.message : String(failure);
}

class Refresh implements SettingsRefresh {
  readonly #options: RefreshOptions;
  readonly #ask: () => Promise<readonly string[]>;
  #away: unknown;
  #refused: unknown;
  #failures = 0;
  #answeredAt: Date | undefined;
  #changedAt: Date | undefined;
  #timer: NodeJS.Timeout | undefined;
  #inHand: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: RefreshOptions) {
    this.#options = options;
    this.#away = options.failure;
    this.#failures = options.failure === undefined ? 0 : 1;
    if (options.failure === undefined) this.#answeredAt = options.clock.now();
    this.#ask = oneAfterAnother(() => this.#refresh());
    this.#later();
  }

  now(): Promise<readonly string[]> {
    const asked = this.#ask();
    this.#inHand = asked.catch(() => undefined);
    return asked;
  }

  state(): RefreshState {
    const problem = this.#refused ?? this.#away;
    return {
      servers: this.#options.source.shown,
      answeredAt: this.#answeredAt?.toISOString() ?? null,
      changedAt: this.#changedAt?.toISOString() ?? null,
      keptAt: this.#keptAt?.toISOString() ?? null,
      problem: problem === undefined ? null : wordsOf(problem),
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#options.source.stop();
    await this.#inHand;
  }

  async #refresh(): Promise<readonly string[]> {
    clearTimeout(this.#timer);
    try {
      const served = await this.#askServers();
      if (served !== undefined) return this.#take(served);
      // The same as before is as wrong as before.
      if (this.#refused !== undefined) throw this.#refused;
      return [];
    } finally {
      this.#later();
    }
  }

  async #askServers(): Promise<Served | undefined> {
    const { source, clock, log } = this.#options;
    try {
      const served = await source.ask(callMsMax);
      if (this.#away !== undefined) log.info({ servers: source.shown }, 'settings.configserverBack');
      this.#away = undefined;
      this.#failures = 0;
      this.#answeredAt = clock.now();
      return served;
    } catch (error) {
      if (this.#away === undefined && !this.#stopped) log.warn({ err: error }, 'settings.configserverAway');
      this.#away = error;
      this.#failures++;
      throw error;
    }
  }

  #take(served: Served): readonly string[] {
    const { take, onTaken, log, clock } = this.#options;
    try {
      const changed = take(served);
      onTaken(served);
      if (this.#refused !== undefined) log.info('settings.rightAgain');
      this.#refused = undefined;
      if (changed.length === 0) return changed;
      this.#changedAt = clock.now();
      log.info({ settings: changed }, 'settings.inForce');
      return changed;
    } catch (error) {
      log.error({ err: error }, 'settings.refused');
      this.#refused = error;
      throw error;
    }
  }

  /** When the settings of an earlier life were kept that are in force; undefined once a server answered. */
  get #keptAt(): Date | undefined {
    return this.#answeredAt === undefined ? this.#options.keptAt : undefined;
  }

  /** Plans the next asking; who found nobody asks sooner, and also where asking at intervals is off. */
  #later(): void {
    if (this.#stopped || this.#options.source.shown.length === 0) return;
    const everyMs = this.#options.everyMs();
    const usualMs = everyMs === 0 ? againMs.most : everyMs;
    const soonMs = Math.min(againMs.first * 2 ** Math.min(this.#failures - 1, 10), usualMs);
    const waitMs = this.#failures > 0 ? soonMs : everyMs;
    if (waitMs === 0) return;
    // Not all at once: those who started together would ask together for ever.
    this.#timer = setTimeout(() => void this.now().catch(() => undefined), waitMs * (0.8 + 0.2 * Math.random()));
    this.#timer.unref();
  }
}

/**
 * Begins to keep a service's settings fresh. The last good ones stay in force whatever happens; the log says once what is wrong, and once
 * that it is over.
 * @param options what is asked, and what becomes of it
 */
export function keepRefreshed(options: RefreshOptions): SettingsRefresh {
  return new Refresh(options);
}
