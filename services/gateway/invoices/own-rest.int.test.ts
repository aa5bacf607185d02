// gateway: tests of its own REST with a service of the test's own behind it: what the journey on a whole hub cannot force.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import {
  customerKey,
  echo,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from '../gateway-test-kit.ts';

let service: TestService;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  gateway = await startGateway(service.url, { ownRestBodyMax: 1024 });
});

after(async () => {
  await gateway.stop();
  await service.stop();
});

test('a document over the limit is a 413 that also those read who send all of it first', async () => {
  const bytes = 20_000_000;
  const socket = connect(gateway.port, '127.0.0.1').pause();
  await once(socket, 'connect');
  const head = ['POST /api/invoices?customerId=2 HTTP/1.1', 'host: x', 'x-api-key: acme-key', 'connection: close'];
  socket.write([...head, 'content-type: application/xml', `content-length: ${bytes}`, '', ''].join('\r\n'));
  await new Promise<void>((sent, broke) => {
    socket.write(Buffer.alloc(bytes, 'x'), (error) => (error ? broke(error) : sent()));
  });
  const answer = await text(socket.resume());
  assert.match(answer, /^HTTP\/1\.1 413 .*application\/problem\+json.*"status":413/s);
});

test('a service that cannot be reached is a problem with its code, and says when to come back', async () => {
  const lonely = await startGateway('http://127.0.0.1:1');
  const { status, headers, text: body } = await lonely.ask('GET', '/api/invoices/1', customerKey);
  await lonely.stop();
  assert.equal(status, 503, body);
  assert.match(String(headers['retry-after']), /^\d+$/);
  const { code, detail } = JSON.parse(body) as { code: string; detail: string };
  assert.equal(code, 'SERVICE_AWAY');
  assert.match(detail, /dbmanager/);
});
