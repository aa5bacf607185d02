// bench: a process that takes mails and callbacks and only counts; its ports and counts go by IPC.
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';

/** What the sink has counted; latencies are from the time in the correlation id (`b-<epoch µs>-…`), milliseconds. */
export interface SinkCounts {
  readonly mails: number;
  readonly callbacks: number;
  readonly doneInvoices: number;
  readonly firstCallbackMs: readonly number[];
  readonly lastDoneAtMs: number;
}

let mails = 0;
let callbacks = 0;
let lastDoneAtMs = 0;
const seen = new Map<string, number>();
let firstCallbackMs: number[] = [];

function takeMail(socket: Socket): void {
  let inData = false;
  let rest = '';
  socket.setNoDelay(true).write('220 sink\r\n');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    let answer = '';
    for (;;) {
      const end = rest.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) break;
      const line = inData ? '' : rest.slice(0, end).toUpperCase();
      rest = rest.slice(end + (inData ? 5 : 2));
      if (inData) {
        mails++;
        inData = false;
        answer += '250 taken\r\n';
      } else if (line.startsWith('EHLO')) answer += '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n';
      else if (line === 'DATA') {
        inData = true;
        answer += '354 go on\r\n';
      } else if (line === 'QUIT') {
        socket.end(`${answer}221 bye\r\n`);
        return;
      } else answer += '250 ok\r\n';
    }
    if (answer !== '') socket.write(answer);
  });
}

function takeCallback(correlationId: string, now: number): void {
  callbacks++;
  const before = seen.get(correlationId) ?? 0;
  seen.set(correlationId, before + 1);
  if (before === 0) firstCallbackMs.push(now - Number(correlationId.split('-')[1]) / 1000);
  if (before === 1) lastDoneAtMs = now;
}

const http = createHttpServer((asked, answer) => {
  asked.resume();
  asked.on('end', () => {
    takeCallback(String(asked.headers['x-correlation-id']), performance.timeOrigin + performance.now());
    answer.statusCode = 204;
    answer.end();
  });
});
const smtp = createServer(takeMail);

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}

function counts(): SinkCounts {
  const doneInvoices = [...seen.values()].filter((count) => count >= 2).length;
  return { mails, callbacks, doneInvoices, firstCallbackMs, lastDoneAtMs };
}

process.on('message', (what) => {
  if (what === 'counts') process.send?.(counts());
  if (what === 'forget') {
    seen.clear();
    firstCallbackMs = [];
    mails = 0;
    callbacks = 0;
    lastDoneAtMs = 0;
  }
});
process.on('disconnect', () => process.exit(0));
http.listen(0, '127.0.0.1', () => {
  smtp.listen(0, '127.0.0.1', () => process.send?.({ http: portOf(http), smtp: portOf(smtp) }));
});
