// sandbox: one client of the IMAP server: its state, its answers, and the commands that it sends one after the other.
import type { MailBoxes } from '../pec/mail-boxes.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { Pieces, ReaderEvent } from './command-reader.ts';
import { ClientGone, ImapNo } from './imap-no.ts';
import type { ImapRules } from './imap-rules.ts';
import { BadCommand, readCommand } from './read-arguments.ts';
import type { Command } from './read-arguments.ts';
import { SelectedBox } from './selected-box.ts';

/** How a command is done. */
export interface Handler {
  /** `stranger`: only before signing in; `box`: only with a mailbox open. */
  readonly needs: 'nothing' | 'stranger' | 'user' | 'box';
  /** Does it; gives what follows the tagged OK, or nothing where the answer was sent or comes later. */
  readonly run: (session: ImapSession, command: Command) => Promise<string | undefined>;
}

/** What a session needs. */
export interface SessionParts {
  /** How a command is done, by its name; undefined for one that is not known. */
  readonly handlerOf: (name: string) => Handler | undefined;
  readonly boxes: MailBoxes;
  readonly rules: ImapRules;
  readonly log: SandboxLog;
  /** Sends bytes; resolves when the client has room for more, throws where it takes none. */
  readonly write: (bytes: string | Buffer) => Promise<void>;
  /** Ends the connection once everything is written. */
  readonly hangUp: () => void;
}

const badCommandsMax = 50;
const signInsMax = 5;

/** A client's session. */
export class ImapSession {
  readonly parts: SessionParts;
  /** Whose mailbox; undefined before the client has signed in. */
  user: string | undefined;
  selected: SelectedBox | undefined;
  /** Nothing more is to be read. */
  isOver = false;
  // What takes the next line instead of a command: AUTHENTICATE's answer, or IDLE's DONE.
  #nextLine: ((line: string) => Promise<void>) | undefined;
  #idles = false;
  #newsPending = false;
  #bad = 0;
  #refused = 0;

  /** @param parts mailboxes, rules, and the way to the client */
  constructor(parts: SessionParts) {
    this.parts = parts;
  }

  /** Sends lines. */
  async send(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.parts.write(`${lines.join('\r\n')}\r\n`);
  }

  /** Says good-bye. */
  async end(why: string): Promise<void> {
    this.isOver = true;
    await this.send(`* BYE ${why}`);
  }

  /** Lets go of the mailbox. */
  close(): void {
    this.selected?.close();
    this.selected = undefined;
  }

  /** Opens a mailbox for this session, in place of the one it had. */
  select(readOnly: boolean): SelectedBox {
    this.close();
    const selected = new SelectedBox(this.parts.boxes.open(this.user ?? ''), readOnly, () => this.#onChange());
    this.selected = selected;
    return selected;
  }

  /**
   * Signs somebody in.
   * @throws ImapNo where the rules say no, or where the name is no address
   */
  signIn(user: string, password: string): void {
    if (!this.parts.rules.lets(user, password)) {
      this.#refused += 1;
      throw new ImapNo('[AUTHENTICATIONFAILED] name or password is wrong');
    }
    try {
      this.parts.boxes.open(user);
    } catch (error) {
      throw new ImapNo(`[AUTHENTICATIONFAILED] ${error instanceof Error ? asLine(error.message) : 'no such mailbox'}`);
    }
    this.user = user.toLowerCase();
  }

  /** Lets the next line be taken by a function instead of as a command. */
  expectLine(take: (line: string) => Promise<void>): void {
    this.#nextLine = take;
  }

  /** Tells the client of changes by itself from now on, until it sends a line. */
  async idle(tag: string): Promise<void> {
    this.#idles = true;
    this.expectLine(async (line) => {
      this.#idles = false;
      await this.send(line.toUpperCase() === 'DONE' ? `${tag} OK IDLE ended` : `${tag} BAD IDLE ends with DONE`);
    });
    await this.send('+ idling');
    await this.#tellNews();
  }

  /** Takes what the reader found. */
  async take(event: ReaderEvent): Promise<void> {
    if (event.kind === 'goAhead') return this.send('+ go ahead');
    if (event.kind === 'tooLarge') return this.send(`${event.tag} NO [TOOBIG] that is more than the sandbox takes`);
    if (event.kind === 'lost') return this.end(`what follows cannot be understood: ${event.why}`);
    const nextLine = this.#nextLine;
    if (nextLine !== undefined) {
      this.#nextLine = undefined;
      await this.#guarded('*', () => nextLine(String(event.pieces[0])));
    } else {
      await this.#run(event.pieces);
    }
    if (this.selected?.isRenumbered === true) await this.end('the mailbox was restored and has other UIDs now');
    if (this.#bad > badCommandsMax || this.#refused >= signInsMax) await this.end('that were too many errors');
  }

  async #run(pieces: Pieces): Promise<void> {
    if (pieces.length === 1 && pieces[0] === '') return;
    await this.#guarded('*', async () => {
      const command = readCommand(pieces);
      await this.#guarded(command.tag, () => this.#answer(command));
    });
  }

  async #answer(command: Command): Promise<void> {
    const { tag, name } = command;
    const handler = this.parts.handlerOf(name);
    if (handler === undefined) throw new BadCommand(`there is no command ${asLine(name.slice(0, 40))}`, tag);
    if (handler.needs === 'stranger' && this.user !== undefined)
      throw new BadCommand('you have signed in already', tag);
    if (/^(?:user|box)$/.test(handler.needs) && this.user === undefined) throw new ImapNo('sign in first');
    if (handler.needs === 'box' && this.selected === undefined) throw new BadCommand('select a mailbox first', tag);
    const done = await handler.run(this, command);
    // While numbers are being used they must not shift under the client.
    await this.send(...(this.selected?.news(!/^(?:FETCH|STORE|SEARCH)$/.test(name)) ?? []));
    if (done !== undefined) await this.send(`${tag} OK ${done}`);
  }

  async #guarded(tag: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      if (error instanceof BadCommand) {
        this.#bad += 1;
        await this.send(`${error.tag === '*' ? tag : error.tag} BAD ${asLine(error.message)}`);
      } else if (error instanceof ImapNo) {
        await this.send(`${tag} NO ${asLine(error.message)}`);
      } else {
        this.parts.log.error({ err: error }, 'sandbox.imap.failed');
        await this.end('the sandbox failed');
      }
    }
  }

  #onChange(): void {
    if (!this.#idles || this.#newsPending) return;
    this.#newsPending = true;
    // What comes together is told together.
    setImmediate(() => {
      this.#newsPending = false;
      void this.#tellNews().catch(() => undefined);
    });
  }

  async #tellNews(): Promise<void> {
    if (!this.#idles || this.selected === undefined) return;
    if (!this.selected.isRenumbered) return this.send(...this.selected.news(true));
    await this.end('the mailbox was restored and has other UIDs now');
    this.parts.hangUp();
  }
}

/** A text that fits into one line of an answer. */
function asLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300);
}
