// sandbox: ENVELOPE as clients read it, of right headers and of those that somebody made to be a burden.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf } from './mail-shape.ts';
import { readTree } from './mail-tree.ts';

function fromOf(header: string): string {
  const envelope = envelopeOf(readTree(Buffer.from(`From: ${header}\r\nSender: x@y\r\nReply-To: x@y\r\n\r\n`)).headers);
  return envelope.slice('(NIL NIL '.length, envelope.indexOf(' ((NIL NIL "x" "y"))'));
}

test('an address comes with its name, bare or quoted, or without one', () => {
  assert.equal(fromOf('a@b.it'), '((NIL NIL "a" "b.it"))');
  assert.equal(fromOf('<a@b.it>'), '((NIL NIL "a" "b.it"))');
  assert.equal(fromOf('Anna  Bo <a@b.it>'), '(("Anna Bo" NIL "a" "b.it"))');
  assert.equal(fromOf('"Bo, \\"Anna\\"" <a@b.it>'), '(("Bo, \\"Anna\\"" NIL "a" "b.it"))');
  assert.equal(
    fromOf('"Per conto di: sdi48@pec.fatturapa.it" <p@c.it>'),
    '(("Per conto di: sdi48@pec.fatturapa.it" NIL "p" "c.it"))',
  );
});

test('several addresses are told one after the other, groups opened and comments left out', () => {
  assert.equal(fromOf('a@b, C <c@d> (home), (x) e@f'), '((NIL NIL "a" "b")("C" NIL "c" "d")(NIL NIL "e" "f"))');
  assert.equal(fromOf('team: a@b, c@d;'), '((NIL NIL "a" "b")(NIL NIL "c" "d"))');
  assert.equal(fromOf('undisclosed-recipients:;'), 'NIL');
});

test('a header of nothing but blanks, marks or openings does not keep the server', () => {
  for (const mark of [' ', '\t', '\r\n ', 'a', '"', '"\\a', '<', '(', 'a@', '\\', '" <']) {
    const told = fromOf(`a${mark.repeat(20_000)}b`);
    assert.match(told, /^(?:NIL|\([^]*\))$/);
  }
});
