// gateway: for its tests: bytes on a socket, as no client library would send them.
import { connect, type Socket } from 'node:net';

/** One answer as it came. */
export interface WireAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends bytes and reads until the server closes.
 * @param port of 127.0.0.1
 * @param bytes the whole of what is sent; text as latin1
 * @returns all that came
 */
export async function sendBytes(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return readAll(socket);
}

/** Reads until the server closes, a reset included. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => socket.destroy());
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

/** Cuts what came into answers, by their lengths; what is no answer is one of status 0. */
export function answersIn(text: string): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const head = end < 0 ? rest : rest.slice(0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? (status === 0 ? rest.length : 0));
    const isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
    const bodyEnd = isChunked ? rest.indexOf('\r\n0\r\n\r\n', end) + 7 : end + 4 + length;
    answers.push({ status, head, body: rest.slice(end + 4, bodyEnd) });
    rest = end < 0 ? '' : rest.slice(bodyEnd);
  }
  return answers;
}

/** Waits until what is asked is so. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never came to be that ${what}`);
}
