// signer: holds the opened key: makes sure that what it signs fits its certificate, and opens it anew when it went away.
import { certificateFacts, insistOnValidity, publicKeyOf } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import { SigningKeyError, type SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { randomBytes, verify } from 'node:crypto';
import type { KeyFace, OpenKey } from './key-face.ts';

/** What a holder works with. */
export interface HolderParts {
  readonly face: KeyFace;
  readonly clock: Clock;
  readonly log: Log;
  /** How often a key that is away is looked for. */
  readonly lookEveryMs: number;
}

function asFailure(error: unknown, says: string): HubError {
  if (error instanceof HubError) return error;
  // A key or certificate that no verifier takes does not get better by waiting.
  if (error instanceof SigningKeyError) return new HubError('SETTING_WRONG', `In ${says}: ${error.message}`, error);
  const why = error instanceof Error ? error.message : String(error);
  return new HubError('SIGNING_FAILED', `The signature by ${says} failed: ${why}`, error);
}

/** The key of a signer while it runs. */
export class KeyHolder {
  readonly #parts: HolderParts;
  #open: OpenKey | undefined;
  #opening: Promise<OpenKey> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trouble: HubError | undefined;
  #closed = false;

  /** @param parts the key's place, clock and log; `start` opens it */
  constructor(parts: HolderParts) {
    this.#parts = parts;
  }

  /**
   * Opens the key; one that is away is looked for again and again.
   * @throws HubError SETTING_WRONG for what only an operator can mend
   */
  async start(): Promise<void> {
    const { log, face, lookEveryMs } = this.#parts;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
    this.#timer.unref();
    try {
      await this.#opened();
    } catch (error) {
      if (error instanceof HubError && error.code === 'SIGNING_FAILED') {
        log.warn({ err: error, place: face.says }, 'signer.keyAway');
        return;
      }
      clearInterval(this.#timer);
      throw error;
    }
  }

  /**
   * Gives the key, opened.
   * @throws HubError SIGNING_FAILED, also where the certificate is not valid now: SdI would refuse the file
   */
  async key(): Promise<SigningKey> {
    const open = await this.#opened();
    try {
      insistOnValidity(open.certificate, this.#parts.clock.now());
    } catch (error) {
      if (error instanceof SigningKeyError) throw new HubError('SIGNING_FAILED', error.message, error);
      throw error;
    }
    const { certificate, chain, algorithm } = open;
    return { certificate, chain, algorithm, sign: (data) => this.#sign(open, data) };
  }

  /** What is known of the key now; it does not open it. */
  get state(): { readonly key: SigningKey | undefined; readonly trouble: HubError | undefined } {
    return { key: this.#open, trouble: this.#trouble };
  }

  /** What the key's place is called. */
  get says(): string {
    return this.#parts.face.says;
  }

  /** Lets go of the key for good. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#opening?.catch((error: unknown) => this.#parts.log.debug({ err: error }, 'signer.closedWhileOpening'));
    await this.#drop(this.#open);
  }

  async #look(): Promise<void> {
    if (this.#open || this.#closed) return;
    await this.#opened().catch((error: unknown) => this.#parts.log.debug({ err: error }, 'signer.keyStillAway'));
  }

  async #opened(): Promise<OpenKey> {
    if (this.#open) return this.#open;
    if (this.#closed) throw new HubError('SIGNING_FAILED', 'The signer stops.');
    this.#opening ??= this.#openNow().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openNow(): Promise<OpenKey> {
    const { face, log } = this.#parts;
    try {
      const open = await face.open();
      if (face.triesAtStart) await this.#insistOnFit(open);
      if (this.#trouble) log.info({ place: face.says }, 'signer.keyBack');
      this.#open = open;
      this.#trouble = undefined;
      return open;
    } catch (error) {
      this.#trouble = asFailure(error, face.says);
      throw this.#trouble;
    }
  }

  async #insistOnFit(open: OpenKey): Promise<void> {
    const data = randomBytes(32);
    if (verify('sha256', data, publicKeyOf(open.certificate), await open.sign(data))) return;
    await open.close();
    const { subject } = certificateFacts(open.certificate);
    const words = `The key in ${this.says} does not belong to the certificate of ${subject}.`;
    throw new HubError('SETTING_WRONG', words);
  }

  async #sign(open: OpenKey, data: Uint8Array): Promise<Uint8Array> {
    try {
      const signature = await open.sign(data);
      if (verify('sha256', data, publicKeyOf(open.certificate), signature)) return signature;
      throw new HubError('SIGNING_FAILED', `What ${this.says} signed does not fit its certificate.`);
    } catch (error) {
      this.#trouble = asFailure(error, this.says);
      await this.#drop(open);
      throw this.#trouble;
    }
  }

  async #drop(open: OpenKey | undefined): Promise<void> {
    if (!open || this.#open !== open) return;
    this.#open = undefined;
    await open.close();
  }
}
