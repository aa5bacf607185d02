// sender: one connection to a mail server, which carries one mail after the other, each with a clear result.
import { stuffDots } from './dot-stuffing.ts';
import { isMailAddress } from '@staffetta/platform/config/mail-address.ts';
import { openDialogue } from './smtp-dialogue.ts';
import type { SmtpDialogue, SmtpTlsOptions } from './smtp-dialogue.ts';
import { SmtpError, lostIn, neverSendable, refusedBy } from './smtp-errors.ts';
import type { SmtpPhase } from './smtp-errors.ts';
import { defaultTimeouts, shakeHands } from './smtp-handshake.ts';
import type { SmtpAbilities, SmtpTimeouts } from './smtp-handshake.ts';
import type { SmtpUrl } from './smtp-url.ts';

/** A mail with its envelope; `raw` is the whole message, headers included, in one piece or several. */
export interface SmtpMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer | readonly Buffer[];
}

/** The server's answer that took the mail, such as `250 2.0.0 queued as 4F2A`. */
export interface SmtpReceipt {
  readonly response: string;
}

/** How to connect; all but the URL have defaults. */
export interface SmtpConnectionOptions {
  readonly url: SmtpUrl;
  readonly timeouts?: Partial<SmtpTimeouts> | undefined;
  readonly tls?: SmtpTlsOptions | undefined;
  /** Our name in EHLO, a full host name; without it our address in brackets. */
  readonly clientName?: string | undefined;
}

// RFC 5321 sets no block size; one that fits the kernel's buffers keeps the time-out per block meaningful.
const blockBytes = 64 * 1024;
const quitTimeoutMs = 2_000;

/**
 * Connects, greets, encrypts and logs in.
 * Takes the options; gives a connection ready for mails. Throws an SmtpError of kind `unreachable`.
 */
export async function openSmtpConnection(options: SmtpConnectionOptions): Promise<SmtpConnection> {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const { url, clientName, tls = {} } = options;
  const dialogue = await openDialogue(url, timeouts.connectMs, tls);
  try {
    const abilities = await shakeHands(dialogue, { url, timeouts, tls, clientName });
    return new SmtpConnection(dialogue, abilities, timeouts);
  } catch (error) {
    dialogue.destroy();
    throw error;
  }
}

/** An open connection; one call at a time. */
export class SmtpConnection {
  readonly abilities: SmtpAbilities;
  /** How often it was used; a connection used before may have died unnoticed in between. */
  uses = 0;
  #dialogue: SmtpDialogue;
  #timeouts: SmtpTimeouts;

  constructor(dialogue: SmtpDialogue, abilities: SmtpAbilities, timeouts: SmtpTimeouts) {
    this.#dialogue = dialogue;
    this.abilities = abilities;
    this.#timeouts = timeouts;
  }

  get isOpen(): boolean {
    return this.#dialogue.isOpen;
  }

  get isEncrypted(): boolean {
    return this.#dialogue.isEncrypted;
  }

  /** Takes what to call when the connection ends, by whomever. */
  set onEnd(listener: () => void) {
    this.#dialogue.onEnd = listener;
  }

  /**
   * Sends one mail to all its recipients or to none.
   * Gives the server's answer once it took the mail; throws an SmtpError whose `kind` says what to do. After a
   * refusal the connection is good for the next mail; after anything else it is closed.
   */
  async send(mail: SmtpMail): Promise<SmtpReceipt> {
    const pieces = Buffer.isBuffer(mail.raw) ? [mail.raw] : mail.raw;
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#refuseEarly(mail, bytes);
    this.uses += 1;
    try {
      await this.#openMail(mail, bytes);
      return await this.#carryContent(stuffDots(pieces));
    } catch (error) {
      await this.#tidyUp(error);
      throw error;
    }
  }

  /** Asks the server whether it is still there (NOOP); throws an SmtpError if not. */
  async check(): Promise<void> {
    this.uses += 1;
    const reply = await this.#dialogue.ask('hello', 'NOOP', this.#timeouts.commandMs);
    if (reply.code === 421) this.#dialogue.destroy();
    if (reply.code !== 250) throw refusedBy('hello', reply);
  }

  /** Says good-bye and closes; never throws, since a server that is gone needs no good-bye. */
  async quit(): Promise<void> {
    const goodbye = this.#dialogue.ask('reset', 'QUIT', Math.min(quitTimeoutMs, this.#timeouts.commandMs));
    await goodbye.catch((error: unknown) => error);
    this.#dialogue.destroy();
  }

  /** Closes at once. */
  destroy(): void {
    this.#dialogue.destroy();
  }

  #refuseEarly(mail: SmtpMail, bytes: number): void {
    if (mail.to.length === 0) throw neverSendable('The mail has no recipient', "Set the recipient's address");
    const wrong = [mail.from, ...mail.to].find((address) => !isMailAddress(address));
    if (wrong !== undefined) {
      throw neverSendable(
        `${JSON.stringify(wrong)} is no mail address`,
        'Write it as name@example.com, without brackets',
      );
    }
    const limit = this.abilities.sizeBytesMax;
    if (limit !== undefined && bytes > limit) {
      const what = `The mail has ${bytes} bytes, the mail server takes ${limit}`;
      throw neverSendable(what, 'Make the document smaller or use a server with a larger limit');
    }
  }

  async #openMail(mail: SmtpMail, bytes: number): Promise<void> {
    const size = this.abilities.size ? ` SIZE=${bytes}` : '';
    const envelope = [`MAIL FROM:<${mail.from}>${size}`, ...mail.to.map((address) => `RCPT TO:<${address}>`)];
    const data = 'DATA';
    if (!this.abilities.pipelining) {
      for (const command of [...envelope, data]) await this.#converse([command]);
    } else if (envelope.length === 2) {
      await this.#converse([...envelope, data]);
    } else {
      // With several recipients DATA waits: were one refused after DATA was said, the others would get the mail alone.
      await this.#converse(envelope);
      await this.#converse([data]);
    }
  }

  /** Writes commands at once (RFC 2920) and reads all their replies; throws the first refusal. */
  async #converse(commands: readonly string[]): Promise<void> {
    this.#dialogue.write(`${commands.join('\r\n')}\r\n`, commands.length);
    let refusal: SmtpError | undefined;
    for (const command of commands) {
      const isData = command === 'DATA';
      const phase: SmtpPhase = isData ? 'data' : 'envelope';
      const reply = await this.#dialogue.reply(phase, this.#timeouts.commandMs);
      const accepted = isData ? reply.code === 354 : isPositive(reply.code);
      if (!accepted) refusal ??= refusedBy(phase, reply);
      // The server now waits for content that we will not send: only hanging up ends that without a mail (RFC 2920
      // §3.1).
      if (accepted && isData && refusal !== undefined) this.#dialogue.destroy();
      if (reply.code === 421) break;
    }
    if (refusal !== undefined) throw refusal;
  }

  async #carryContent(pieces: readonly Buffer[]): Promise<SmtpReceipt> {
    const { dataBlockMs, dataEndMs } = this.#timeouts;
    const blocks = toBlocks(pieces);
    for (const [at, block] of blocks.entries()) {
      if (this.#dialogue.hasReply || !this.#dialogue.isOpen) await this.#brokenOff();
      const isLast = at === blocks.length - 1;
      const goOn = this.#dialogue.write(block, at === 0 ? 1 : 0);
      if (!goOn && !isLast) await this.#dialogue.drained('content', dataBlockMs);
    }
    const reply = await this.#dialogue.reply('data-end', dataEndMs);
    if (!isPositive(reply.code)) throw refusedBy('data-end', reply);
    return { response: [reply.code, reply.enhancedCode, reply.text].filter((part) => part !== undefined).join(' ') };
  }

  /** The server spoke or left before the content's end: whatever it said, the mail was not taken. */
  async #brokenOff(): Promise<never> {
    const reply = await this.#dialogue.reply('content', 0);
    this.#dialogue.destroy();
    if (reply.code >= 400) throw refusedBy('content', reply);
    throw lostIn('content', `it said "${reply.code} ${reply.text}" before the end`);
  }

  /** After a refusal the next mail starts clean (RSET); where that fails, on another connection. */
  async #tidyUp(error: unknown): Promise<void> {
    if (!this.#dialogue.isOpen) return;
    const isRefusal = error instanceof SmtpError && error.code !== undefined && error.code !== 421;
    if (!isRefusal) return this.#dialogue.destroy();
    const reset = this.#dialogue.ask('reset', 'RSET', this.#timeouts.commandMs);
    const reply = await reset.catch(() => undefined);
    if (reply?.code !== 250) this.#dialogue.destroy();
  }
}

/** Any 2yz is a yes (RFC 5321 §4.2.1): to doubt an odd one at the mail's end would send the mail twice. */
function isPositive(code: number): boolean {
  return code >= 200 && code < 300;
}

/** Cuts and joins pieces into blocks of about 64 KiB; a small mail is one block, so that it leaves in one write. */
function toBlocks(pieces: readonly Buffer[]): Buffer[] {
  const blocks: Buffer[] = [];
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  const close = (): void => {
    if (gatheredBytes > 0) blocks.push(Buffer.concat(gathered, gatheredBytes));
    gathered = [];
    gatheredBytes = 0;
  };
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += blockBytes) {
      const slice = piece.subarray(from, from + blockBytes);
      if (gatheredBytes + slice.length > blockBytes) close();
      gathered.push(slice);
      gatheredBytes += slice.length;
    }
  }
  close();
  return blocks;
}
