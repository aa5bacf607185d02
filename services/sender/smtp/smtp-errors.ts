// sender: the one error for all that can go wrong between us and a mail server, sorted by what to do next.

/** Where in the dialogue it happened, in the order of the dialogue. */
export type SmtpPhase =
  | 'connect'
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'authentication'
  | 'envelope'
  | 'data'
  | 'content'
  | 'data-end'
  | 'reset';

/**
 * What to do next:
 * `unreachable`: the server as a whole cannot be used now, pause sending; `temporary`: try this mail again later;
 * `permanent`: this mail will never pass; `uncertain`: the mail may have been taken, look before sending again (RFC
 * 1047).
 */
export type SmtpErrorKind = 'unreachable' | 'temporary' | 'permanent' | 'uncertain';

/** A server's answer as far as an error needs it. */
export interface SmtpAnswer {
  readonly code: number;
  readonly enhancedCode: string | undefined;
  readonly text: string;
}

interface SmtpErrorParts {
  readonly kind: SmtpErrorKind;
  readonly phase: SmtpPhase;
  readonly what: string;
  readonly advice: string;
  readonly answer?: SmtpAnswer | undefined;
  readonly cause?: unknown;
}

/** An SMTP failure: `message` is one sentence of what happened, what the server said and what an operator can do. */
export class SmtpError extends Error {
  readonly kind: SmtpErrorKind;
  readonly phase: SmtpPhase;
  /** Three-digit reply code (RFC 5321 §4.2), where the server answered. */
  readonly code: number | undefined;
  /** Enhanced status code such as `5.7.1` (RFC 3463), where the server gave one. */
  readonly enhancedCode: string | undefined;
  /** The server's own words, without codes, where it answered. */
  readonly response: string | undefined;
  /** What an operator can do about it. */
  readonly advice: string;

  constructor(parts: SmtpErrorParts) {
    const said = parts.answer === undefined ? '' : `: the server said "${sayAnswer(parts.answer)}"`;
    super(`${parts.what}${said}. ${parts.advice}`, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'SmtpError';
    this.kind = parts.kind;
    this.phase = parts.phase;
    this.code = parts.answer?.code;
    this.enhancedCode = parts.answer?.enhancedCode;
    this.response = parts.answer?.text;
    this.advice = parts.advice;
  }
}

const whatByPhase: Record<SmtpPhase, string> = {
  connect: 'The mail server could not be reached',
  greeting: 'The mail server did not greet us',
  hello: 'The mail server did not accept our hello',
  starttls: 'The connection to the mail server could not be encrypted',
  authentication: 'The mail server did not accept our login',
  envelope: 'The mail server refused the sender or the recipient',
  data: "The mail server refused to take the mail's content",
  content: 'The mail server broke off while the mail was being sent',
  'data-end': 'The mail server did not take the mail',
  reset: 'The mail server did not end the failed mail cleanly',
};

/**
 * Codes by which a server says that we may not speak to it at all: no fault of the mail (RFC 4954 §4.7.1, RFC 3207).
 */
const loginCodes: ReadonlySet<number> = new Set([530, 534, 535, 538]);

const adviceByCode: Readonly<Record<number, string>> = {
  421: 'It is busy or going down, mails are tried again by themselves',
  450: 'The mailbox is busy or greylisted, the mail is tried again by itself',
  451: 'It had a passing problem or greylists us, the mail is tried again by itself',
  452: 'It is out of space, the mail is tried again by itself; if it lasts, ask its provider',
  454: 'Its login service is down for now, sending goes on by itself when it is back',
  530: 'It wants a login or encryption first: give user and password in SMTP_URL, and smtps:// or ?starttls=required',
  534: 'It does not allow this kind of login: use smtps:// or ?starttls=required, or an application password',
  535: 'Check user and password in SMTP_URL (special characters need percent-encoding); mails wait until it is right',
  538: 'It allows this login only over an encrypted connection: use smtps:// or ?starttls=required in SMTP_URL',
  550: 'Check that the recipient exists and that this sender may write to it',
  552: 'The mail is too large or the mailbox is full: make the document smaller or ask the provider',
  553: 'The sender address must be the mailbox that logs in (PEC providers insist on it)',
  554: 'Read its words: most often the content or the sender was judged unwanted',
};

/**
 * Turns a server's refusing answer into an error.
 * Takes the phase it came in and the answer; gives the error with its kind: everything before the envelope and refused
 * logins are the server's trouble (`unreachable`), other 4xx `temporary`, other 5xx `permanent` (RFC 5321 §4.2.1). A 421
 * to a mail counts against that mail: one that the server always answers so must not keep all others waiting.
 */
export function refusedBy(phase: SmtpPhase, answer: SmtpAnswer): SmtpError {
  const kind = kindOfAnswer(phase, answer.code);
  const advice = adviceByCode[answer.code] ?? adviceByKind[kind];
  return new SmtpError({ kind, phase, what: whatByPhase[phase], advice, answer });
}

function kindOfAnswer(phase: SmtpPhase, code: number): SmtpErrorKind {
  if (isBeforeEnvelope(phase) || loginCodes.has(code)) return 'unreachable';
  return code >= 500 ? 'permanent' : 'temporary';
}

const adviceByKind: Record<SmtpErrorKind, string> = {
  unreachable: 'Check SMTP_URL and that the server is up; sending pauses and goes on by itself',
  temporary: 'The mail is tried again by itself',
  permanent: "Sending it again unchanged would fail again: read the server's words",
  uncertain:
    'The mail may have arrived: look for its Message-ID at the receiving side before sending it again (RFC 1047)',
};

/**
 * Turns a lost or silent connection into an error.
 * Takes the phase, a clause that tells what happened (`the connection was closed`) and the cause if there is one;
 * gives `unreachable` before the envelope, `uncertain` once the mail's end was written, else `temporary`.
 */
export function lostIn(phase: SmtpPhase, clause: string, cause?: unknown): SmtpError {
  const kind = isBeforeEnvelope(phase) ? 'unreachable' : phase === 'data-end' ? 'uncertain' : 'temporary';
  const what = phase === 'data-end' ? 'The mail was sent in full but not confirmed' : whatByPhase[phase];
  return new SmtpError({ kind, phase, what: `${what}: ${clause}`, advice: adviceFor(kind, cause), cause });
}

/**
 * Refuses, before anything is sent, what can never pass.
 * Takes what is wrong and what to do; gives a `permanent` error.
 */
export function neverSendable(what: string, advice: string): SmtpError {
  return new SmtpError({ kind: 'permanent', phase: 'envelope', what, advice });
}

/**
 * Says that the server cannot be used as set up, though it answers.
 * Takes the phase, what is wrong and what to do; gives an `unreachable` error.
 */
export function unusable(phase: SmtpPhase, what: string, advice: string): SmtpError {
  return new SmtpError({ kind: 'unreachable', phase, what, advice });
}

function isBeforeEnvelope(phase: SmtpPhase): boolean {
  return phase !== 'envelope' && phase !== 'data' && phase !== 'content' && phase !== 'data-end' && phase !== 'reset';
}

const adviceBySystemCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: check host and port in SMTP_URL and that the server is up',
  ENOTFOUND: 'No such host: check the name in SMTP_URL',
  EAI_AGAIN: 'The name could not be looked up just now: check DNS if it lasts',
  EHOSTUNREACH: 'No way to that host: check network and firewall',
  ENETUNREACH: 'No way to that network: check network and firewall',
  ETIMEDOUT: 'No answer: check port and firewall',
};

const certificateAdvice =
  'Its certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS, or set ?rejectUnauthorized=false to test';

function adviceFor(kind: SmtpErrorKind, cause: unknown): string {
  const code = systemCodeOf(cause);
  if (kind !== 'unreachable' || code === undefined) return adviceByKind[kind];
  if (/CERT|SIGNATURE|ISSUER|SELF_SIGNED/.test(code)) return certificateAdvice;
  if (/SSL|EPROTO/.test(code))
    return 'Encryption failed: smtps:// wants an encrypted port (465), smtp:// a plain one (25, 587)';
  return adviceBySystemCode[code] ?? adviceByKind[kind];
}

function systemCodeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

function sayAnswer(answer: SmtpAnswer): string {
  return [answer.code, answer.enhancedCode, answer.text].filter((part) => part !== undefined && part !== '').join(' ');
}
