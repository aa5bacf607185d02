// sender: whatever bytes a mail has, stuffing its dots loses nothing and lets nothing end the mail early.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stuffDots } from './dot-stuffing.ts';

// Mostly the bytes that matter, so that every order of them comes up.
const bytes = fc
  .array(fc.constantFrom('.', '\r', '\n', '\r\n', '\r\n.', 'a', '\0', '\xff'), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

/** What a strict server does with the content: lines end with CRLF alone, a leading dot goes, a lone dot ends. */
function receive(wire: Buffer): string {
  const lines = wire.toString('latin1').split('\r\n');
  const end = lines.indexOf('.');
  assert.deepEqual(lines.slice(end), ['.', ''], 'nothing follows the end');
  return lines
    .slice(0, end)
    .map((line) => `${line.replace(/^\./, '')}\r\n`)
    .join('');
}

function withProperLineEnds(text: string): string {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n');
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}

test('a server receives the same lines that were given, however the mail is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (pieces) => {
      const given = Buffer.concat(pieces).toString('latin1');
      assert.equal(receive(Buffer.concat(stuffDots(pieces))), withProperLineEnds(given));
    }),
    { numRuns: 2_000 },
  );
});

test('no bare CR or LF reaches the wire', () => {
  fc.assert(
    fc.property(bytes, (piece) => {
      assert.doesNotMatch(Buffer.concat(stuffDots([piece])).toString('latin1'), /\r(?!\n)|(?<!\r)\n/);
    }),
    { numRuns: 1_000 },
  );
});
