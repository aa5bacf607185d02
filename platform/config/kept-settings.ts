// platform: the settings that configuration servers served last, kept in a sealed file for a start at which none of them answers.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { realTime, type Clock } from '../clock.ts';
import { seal, unseal } from '../sealed.ts';
import type { Log } from '../telemetry/log.ts';
import type { Served, SourceOptions } from './config-source.ts';

/** What is kept: what was served, and when it proved good last. */
export interface Kept {
  readonly served: Served;
  readonly keptAt: Date;
}

/** Whose settings are kept, where, and what seals them. */
export interface KeptSettingsOptions extends Omit<SourceOptions, 'urls'> {
  /** The folder of the hub's files; ours is `served-settings` in it. */
  readonly dataDir: string;
  /** What services share. Served settings hold passwords, so that they lie there for nobody else. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A service's kept settings. */
export interface KeptSettings {
  /** Gives what was kept for this service, profile and label; undefined where nothing is, or nothing that this secret opens. */
  read(): Promise<Kept | undefined>;
  /** Keeps what was served, beside everything else: a failure is a line in the log. What is kept already is not written again. */
  keep(served: Served): void;
  /** Waits for what is being written. */
  done(): Promise<void>;
}

const folderName = 'served-settings';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function readKept(text: string): Kept {
  const { served, keptAt } = JSON.parse(text) as { served: Served; keptAt: string };
  return { served, keptAt: new Date(keptAt) };
}

class Keeper implements KeptSettings {
  readonly #options: KeptSettingsOptions;
  readonly #folder: string;
  readonly #file: string;
  readonly #purpose: string;
  #last: Served | undefined;
  #inHand: Promise<void> = Promise.resolve();

  constructor(options: KeptSettingsOptions) {
    const { dataDir, service, profile, label = '' } = options;
    this.#options = options;
    this.#folder = join(dataDir, folderName);
    this.#file = join(this.#folder, service);
    // What another profile or label was served opens for that alone.
    this.#purpose = `served settings ${JSON.stringify([service, profile, label])}`;
  }

  async read(): Promise<Kept | undefined> {
    const { secret, log, service } = this.#options;
    try {
      const text = unseal(secret, this.#purpose, await readFile(this.#file, 'utf8'));
      if (text !== undefined) return readKept(text);
      log.warn({ service, file: this.#file }, 'settings.keptUnreadable');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') log.warn({ err: error, service }, 'settings.keptUnreadable');
    }
    return undefined;
  }

  keep(served: Served): void {
    if (isDeepStrictEqual(served, this.#last)) return;
    this.#last = served;
    this.#inHand = this.#inHand.then(() => this.#tryWrite(served));
  }

  done(): Promise<void> {
    return this.#inHand;
  }

  async #tryWrite(served: Served): Promise<void> {
    const { log, service } = this.#options;
    try {
      await this.#write(served);
    } catch (error) {
      log.warn({ err: error, service }, 'settings.notKept');
      this.#last = undefined;
    }
  }

  async #write(served: Served): Promise<void> {
    const { secret, clock } = this.#options;
    const text = seal(secret, this.#purpose, JSON.stringify({ served, keptAt: realTime(clock).toISOString() }));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // Whole or not at all: the process may be killed in between, and several may run from one folder.
    const temporary = `${this.#file}.${randomUUID()}.part`;
    try {
      await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
      await rename(temporary, this.#file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/**
 * Makes the keeper of a service's served settings; nothing is read or written yet.
 * @param options whose they are, where they lie, and what seals them
 */
export function keptSettings(options: KeptSettingsOptions): KeptSettings {
  return new Keeper(options);
}
