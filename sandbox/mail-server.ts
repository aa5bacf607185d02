// sandbox: a mail server that takes everything, in place of the PEC provider.
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { MailStore } from './mail-store.ts';
import { readMail } from './mail-summary.ts';
import type { TakenMail } from './pec/provider.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { SmtpRule, SmtpRules } from './smtp-rules.ts';
import { startSwitchable, type Listening, type Switchable } from './switchable.ts';

/** What the mail server needs. */
export interface MailServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly store: MailStore;
  readonly rules: SmtpRules;
  readonly log: SandboxLog;
  /** What else is done with a mail that was kept; its 250 waits for it. */
  readonly onMail?: (mail: TakenMail) => Promise<void>;
}

// PEC providers take some 30 MB a mail; SdI takes 5 MB a file.
const mailBytesMax = 30 * 1024 * 1024;

/**
 * Starts the mail server. Logins are taken but not asked for; 250 comes only after the mail is a file.
 * @param options where to listen, where to keep mails, how to misbehave
 * @throws Error with code EADDRINUSE where the port is taken
 */
export function startMailServer(options: MailServerOptions): Promise<Switchable> {
  return startSwitchable((port) => listen(options, port), options.port);
}

async function listen(options: MailServerOptions, port: number): Promise<Listening> {
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    name: 'sandbox.staffetta.local',
    banner: 'Staffetta sandbox: mails end here',
    logger: false,
    // Its built-in certificate is everybody's: better none.
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anybody' }),
    disableReverseLookup: true,
    size: mailBytesMax,
    closeTimeout: 1,
    onData: (stream, session, done) => {
      const cut = (): void => void sockets.get(session.remotePort)?.destroy();
      void receive(options, stream, session, cut).then((reply) => reply !== 'silence' && done(reply));
    },
  });
  server.on('error', (error: Error) => options.log.debug({ reason: error.message }, 'sandbox.smtp.error'));
  const listener = server.listen(port, options.host);
  await new Promise<void>((resolve, reject) => listener.once('listening', resolve).once('error', reject));
  listener.on('connection', (socket: Socket) => {
    const key = socket.remotePort ?? 0;
    sockets.set(key, socket);
    socket.once('close', () => sockets.delete(key));
  });
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets.values()) socket.destroy();
    await closed;
  };
  return { port: portOf(listener.address()), stop };
}

/** Takes one mail in; gives null for 250, an error for a refusal, `silence` where no answer is to come. */
async function receive(
  options: MailServerOptions,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  cut: () => void,
): Promise<Error | null | 'silence'> {
  const { rules, log } = options;
  try {
    const raw = await bytesOf(stream);
    if (stream.sizeExceeded) return refusal(552, `5.3.4 the mail is larger than ${mailBytesMax} bytes`);
    const rule = await rules.take(() => namesOf(session, raw));
    if (rule?.delayMs !== undefined) await sleep(rule.delayMs);
    if (rule === undefined || isTaken(rule)) await keep(options, session, raw);
    if (rule?.cut === true || rule?.code === 421) setImmediate(cut);
    if (rule?.cut === true || rule?.hang === true) return 'silence';
    return rule === undefined || isTaken(rule) ? null : refusal(rule.code ?? 451, rule.text ?? 'told to refuse');
  } catch (error) {
    log.error({ err: error }, 'sandbox.mail.not-kept');
    return refusal(451, '4.3.0 the mail could not be kept');
  }
}

async function keep({ store, onMail }: MailServerOptions, session: SMTPServerSession, raw: Buffer): Promise<void> {
  const id = store.add(raw);
  const { mailFrom, rcptTo } = session.envelope;
  const from = mailFrom === false ? '' : mailFrom.address;
  await onMail?.({ id, from, to: rcptTo.map(({ address }) => address), raw });
}

function isTaken(rule: SmtpRule): boolean {
  if (rule.cut === true || rule.hang === true) return rule.keep === true;
  return rule.code === 250 || (rule.code === undefined && rule.delayMs !== undefined);
}

async function namesOf(session: SMTPServerSession, raw: Buffer): Promise<readonly string[]> {
  const { files } = await readMail(raw);
  return [...session.envelope.rcptTo.map(({ address }) => address), ...files.map(({ name }) => name)];
}

function bytesOf(stream: SMTPServerDataStream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      // What is too large is read to its end but not kept.
      if (!stream.sizeExceeded) chunks.push(chunk);
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
  });
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return address.port;
}
