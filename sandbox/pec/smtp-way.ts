// sandbox: delivers mails to a real server by SMTP (RFC 5321), a connection for each.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { FarWay, MailToDeliver } from './deliver-mails.ts';

const timeoutMs = 30_000;

/**
 * A way to every mailbox, through one server.
 * @param address `smtp://[user:password@]host[:port]`, or `smtps://` with TLS from the start; STARTTLS is not spoken
 */
export function smtpWay(address: string): FarWay {
  const url = new URL(address);
  return {
    leadsTo: () => true,
    // The same mail twice has the same Message-ID: its reader knows it again.
    bring: (mail) => send(url, mail),
    close: () => Promise.resolve(),
  };
}

async function send(url: URL, { from, to, raw }: MailToDeliver): Promise<void> {
  const socket = await open(url);
  // Whoever waits for a reply hears of an error too.
  socket.on('error', () => socket.destroy());
  const replies = repliesOf(socket);
  const say = async (text: string | Buffer, wanted: RegExp): Promise<void> => {
    socket.write(text);
    await expect(replies, wanted);
  };
  try {
    await expect(replies, /^220/);
    await say('EHLO sandbox.staffetta.example\r\n', /^250/);
    if (url.username !== '') {
      const words = `\0${decodeURIComponent(url.username)}\0${decodeURIComponent(url.password)}`;
      await say(`AUTH PLAIN ${Buffer.from(words).toString('base64')}\r\n`, /^235/);
    }
    await say(`MAIL FROM:<${from}>\r\n`, /^250/);
    await say(`RCPT TO:<${to}>\r\n`, /^25/);
    await say('DATA\r\n', /^354/);
    await say(dotted(raw), /^250/);
    socket.end('QUIT\r\n');
  } finally {
    socket.destroySoon();
  }
}

function open(url: URL): Promise<Socket> {
  const isTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (isTls ? 465 : 25);
  return new Promise((resolve, reject) => {
    const socket = isTls ? connectTls({ host, port, servername: host }) : connect(port, host);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the mail server takes too long')));
    socket.once('error', reject).once(isTls ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

/** The server's replies, each whole (RFC 5321 §4.2.1). */
async function* repliesOf(socket: Socket): AsyncGenerator<string, void> {
  let heard = '';
  for await (const chunk of socket) {
    heard += String(chunk);
    for (let end = lastLineEnd(heard); end !== -1; end = lastLineEnd(heard)) {
      yield heard.slice(0, end).trim();
      heard = heard.slice(end);
    }
  }
}

function lastLineEnd(heard: string): number {
  const found = /^\d{3}(?: .*)?\r?\n/m.exec(heard);
  return found === null ? -1 : found.index + found[0].length;
}

async function expect(replies: AsyncGenerator<string, void>, wanted: RegExp): Promise<void> {
  const { value } = await replies.next();
  if (value === undefined) throw new Error('the mail server hung up');
  if (!wanted.test(value)) throw new Error(`the mail server answered ${value}`);
}

/** A line that begins with a dot gets another one (RFC 5321 §4.5.2). */
function dotted(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replaceAll(/^\./gm, '..');
  return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}
