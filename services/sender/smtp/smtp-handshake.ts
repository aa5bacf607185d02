// sender: the first words with a mail server: greeting, EHLO, STARTTLS and login.
import type { SmtpDialogue, SmtpTlsOptions } from './smtp-dialogue.ts';
import { refusedBy, unusable, type SmtpAnswer } from './smtp-errors.ts';
import type { SmtpUrl } from './smtp-url.ts';
import type { SmtpReply } from './smtp-reply.ts';

/** What the server announced that we make use of. */
export interface SmtpAbilities {
  readonly pipelining: boolean;
  readonly startTls: boolean;
  /** True where SIZE is announced, with or without a limit (RFC 1870). */
  readonly size: boolean;
  /** The largest mail in bytes, where the server names one. */
  readonly sizeBytesMax: number | undefined;
  readonly logins: readonly string[];
}

/** How long each step may take, in milliseconds. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  /** RFC 5321 §4.5.3.2.1 would wait 5 min; a server this slow is better shown as unreachable. */
  readonly greetingMs: number;
  readonly commandMs: number;
  /** For each block of the content to be taken. */
  readonly dataBlockMs: number;
  /** From the content's end to the answer: long, since giving up early is how mails are doubled (RFC 1047). */
  readonly dataEndMs: number;
}

/** RFC 5321 §4.5.3.2, but for connecting and greeting. */
export const defaultTimeouts: SmtpTimeouts = {
  connectMs: 10_000,
  greetingMs: 30_000,
  commandMs: 300_000,
  dataBlockMs: 180_000,
  dataEndMs: 600_000,
};

/** What the handshake needs to know. */
export interface HandshakeOptions {
  readonly url: SmtpUrl;
  readonly timeouts: SmtpTimeouts;
  readonly tls: SmtpTlsOptions;
  /** The name we give ourselves in EHLO; without it our address in brackets (RFC 5321 §4.1.4). */
  readonly clientName: string | undefined;
}

/**
 * Brings a fresh connection to the point where mails can be sent.
 * Takes the dialogue with its greeting unread; gives what the server announced last. Throws SmtpErrors of kind
 * `unreachable`.
 */
export async function shakeHands(dialogue: SmtpDialogue, options: HandshakeOptions): Promise<SmtpAbilities> {
  const greeting = await dialogue.reply('greeting', options.timeouts.greetingMs);
  if (greeting.code !== 220) throw refusedBy('greeting', greeting);
  const first = await hello(dialogue, options);
  const abilities = (await maybeEncrypt(dialogue, options, first)) ? await hello(dialogue, options) : first;
  await logIn(dialogue, options, abilities);
  return abilities;
}

async function hello(dialogue: SmtpDialogue, options: HandshakeOptions): Promise<SmtpAbilities> {
  const name = options.clientName ?? addressLiteral(dialogue.localAddress);
  const extended = await dialogue.ask('hello', `EHLO ${name}`, options.timeouts.commandMs);
  if (extended.code === 250) return readAbilities(extended);
  if (extended.code === 421) throw refusedBy('hello', extended);
  const plain = await dialogue.ask('hello', `HELO ${name}`, options.timeouts.commandMs);
  if (plain.code !== 250) throw refusedBy('hello', plain);
  return readAbilities({ ...plain, lines: [] });
}

function addressLiteral(address: string): string {
  const bare = address.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return bare.includes(':') ? `[IPv6:${bare}]` : `[${bare}]`;
}

function readAbilities(reply: SmtpReply): SmtpAbilities {
  const announced = new Map<string, string[]>();
  for (const line of reply.lines.slice(1)) {
    // "AUTH=LOGIN" is an old habit of some servers.
    const [keyword = '', ...words] = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, 'AUTH ')
      .split(/\s+/);
    announced.set(keyword, [...(announced.get(keyword) ?? []), ...words]);
  }
  const sizeBytesMax = Number(announced.get('SIZE')?.[0] ?? 0);
  return {
    pipelining: announced.has('PIPELINING'),
    startTls: announced.has('STARTTLS'),
    size: announced.has('SIZE'),
    sizeBytesMax: Number.isSafeInteger(sizeBytesMax) && sizeBytesMax > 0 ? sizeBytesMax : undefined,
    logins: announced.get('AUTH') ?? [],
  };
}

async function maybeEncrypt(dialogue: SmtpDialogue, options: HandshakeOptions, has: SmtpAbilities): Promise<boolean> {
  const { url, timeouts } = options;
  if (dialogue.isEncrypted || url.startTls === 'off') return false;
  if (!has.startTls) {
    if (url.startTls === 'auto') return false;
    throw unusable(
      'starttls',
      'The mail server offers no STARTTLS, which SMTP_URL requires',
      'Use its encrypted port or smtps://',
    );
  }
  const reply = await dialogue.ask('starttls', 'STARTTLS', timeouts.commandMs);
  if (reply.code !== 220) throw refusedBy('starttls', reply);
  await dialogue.encrypt(url, timeouts.connectMs, options.tls);
  return true;
}

type Login = NonNullable<SmtpUrl['login']>;

async function logIn(dialogue: SmtpDialogue, options: HandshakeOptions, has: SmtpAbilities): Promise<void> {
  const { login, startTls } = options.url;
  if (login === undefined) return;
  if (!dialogue.isEncrypted && startTls !== 'off' && !isLoopback(dialogue.remoteAddress)) {
    const advice = 'Use smtps:// or a port with STARTTLS; ?starttls=off sends the password in the clear all the same';
    throw unusable('authentication', 'The connection is not encrypted, so the password was not sent', advice);
  }
  const reply = await passwordBy(dialogue, login, has.logins, options.timeouts.commandMs);
  if (reply.code !== 235) throw refusedBy('authentication', hushed(reply, login));
}

/** Some servers say a command that they refuse once more, with the password in it. */
function hushed({ code, enhancedCode, text }: SmtpAnswer, { user, password }: Login): SmtpAnswer {
  const forms = [base64(`\0${user}\0${password}`), base64(password), password];
  return { code, enhancedCode, text: forms.reduce((left, secret) => left.replaceAll(secret, '***'), text) };
}

function passwordBy(
  dialogue: SmtpDialogue,
  login: Login,
  logins: readonly string[],
  timeoutMs: number,
): Promise<SmtpReply> {
  if (logins.includes('PLAIN')) {
    const secret = base64(`\0${login.user}\0${login.password}`);
    return dialogue.ask('authentication', `AUTH PLAIN ${secret}`, timeoutMs);
  }
  if (logins.includes('LOGIN')) return logInByQuestions(dialogue, login, timeoutMs);
  const offered = logins.length === 0 ? 'no login at all' : `only ${logins.join(', ')}`;
  const advice = 'PLAIN and LOGIN are known here: use an encrypted port, or leave user and password out of SMTP_URL';
  throw unusable('authentication', `The mail server offers ${offered}`, advice);
}

/** AUTH LOGIN: the server asks for the name, then for the password. */
async function logInByQuestions(dialogue: SmtpDialogue, login: Login, timeoutMs: number): Promise<SmtpReply> {
  for (const line of ['AUTH LOGIN', base64(login.user)]) {
    const reply = await dialogue.ask('authentication', line, timeoutMs);
    if (reply.code !== 334) return reply;
  }
  return dialogue.ask('authentication', base64(login.password), timeoutMs);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
