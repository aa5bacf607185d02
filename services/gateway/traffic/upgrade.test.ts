// gateway: tests of whose page asks for a WebSocket.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isFromElsewhere } from './upgrade.ts';

test('a page of another host is told by its origin', () => {
  const from = (origin: string | undefined) => ({ headers: { origin } }) as IncomingMessage;
  assert.equal(isFromElsewhere(from('https://hub.example'), 'hub.example'), false);
  assert.equal(isFromElsewhere(from('http://hub.example:8072'), 'hub.example:8072'), false);
  assert.equal(
    isFromElsewhere(from(undefined), 'hub.example'),
    false,
    'a program says none, and has no cookies of others',
  );
  for (const origin of [
    'https://evil.example',
    'https://hub.example.evil.example',
    'null',
    'https://hub.example:444',
  ]) {
    assert.equal(isFromElsewhere(from(origin), 'hub.example'), true, origin);
  }
  assert.equal(isFromElsewhere(from('https://hub.example'), undefined), true);
});
