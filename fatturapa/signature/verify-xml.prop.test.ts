// fatturapa: whatever bytes come, judging an XML signature answers, and never calls a changed document signed.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeHolder } from './authority.fixture.ts';
import { verifyXml } from './verify-xml.ts';
import { canonicalDocument, canonicalMethods } from './canonical-xml.ts';
import { childrenNamed, readXmlTree } from './canonical-tree.ts';
import { makeXmlSignature, names } from './xml-signature.fixture.ts';

const at = new Date('2026-03-02T08:00:00Z');
const holder = makeHolder({ name: 'MARIA ROSSI' });
const invoice = '<n:f xmlns:n="urn:n" Id="r"><numero>7</numero><testo Id="t">Caffè</testo></n:f>';
const references = [{ uri: '', form: invoice }];
const signature = makeXmlSignature({ holder, references, at: '2026-03-01T10:00:00Z' });
const signed = Buffer.from(invoice.replace('</n:f>', () => `${signature}</n:f>`));
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** What is under the signature: the document without it. */
function formOf(bytes: Buffer): string | undefined {
  const reading = readXmlTree(bytes.toString());
  const method = canonicalMethods[names.exclusive];
  if (!reading.ok || !method) return undefined;
  const without = new Set(childrenNamed(reading.document.root, names.dsig, 'Signature'));
  return canonicalDocument(reading.document, { method, without });
}

function holdsOnlyFor(bytes: Buffer): void {
  const verdict = verifyXml(bytes, { at });
  if (verdict?.valid) assert.equal(formOf(bytes), invoice);
}

test('the signature that the others are changed from is valid', () => {
  assert.equal(verifyXml(signed, { at })?.valid, true);
  holdsOnlyFor(signed);
});

test('random bytes that speak of signatures are answered', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      holdsOnlyFor(Buffer.concat([bytes, Buffer.from(names.dsig), bytes]));
    }),
  );
});

test('a signed document with one byte changed is valid only where it says the same', () => {
  fc.assert(
    fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (where, difference) => {
      const changed = Buffer.from(signed);
      changed[where] = (changed[where] ?? 0) ^ difference;
      holdsOnlyFor(changed);
    }),
    { numRuns: 1000 },
  );
});

test('a signed document whose parts are repeated, moved or taken out is valid only where it says the same', () => {
  const moves = fc.record({ from: place, length: fc.nat(300), to: place, keeps: fc.boolean() });
  fc.assert(
    fc.property(moves, ({ from, length, to, keeps }) => {
      const start = Math.floor(from * signed.length);
      const part = signed.subarray(start, start + length);
      const rest = keeps ? signed : Buffer.concat([signed.subarray(0, start), signed.subarray(start + length)]);
      const goal = Math.floor(to * rest.length);
      holdsOnlyFor(Buffer.concat([rest.subarray(0, goal), part, rest.subarray(goal)]));
    }),
    { numRuns: 1000 },
  );
});

const elements = [
  '<numero>7</numero>',
  '<testo Id="t">Caffè</testo>',
  signature,
  '<ds:Object>',
  '</ds:Object>',
  '<n:f>',
  '</n:f>',
];

test('a document put together from the parts of a signed one is valid only where it says the same', () => {
  const parts = fc.array(fc.constantFrom(...elements, '<ds:Object xmlns:ds="urn:x">', '<numero>8</numero>'), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(parts, (inner) => holdsOnlyFor(Buffer.from(`<n:f xmlns:n="urn:n" Id="r">${inner.join('')}</n:f>`))),
    { numRuns: 1000 },
  );
});

test('documents made to exhaust us are answered', () => {
  const many = (unit: string, count: number) => unit.repeat(count);
  const open = `<r xmlns:ds="${names.dsig}">`;
  const bombs = {
    'deep elements': `${open}<ds:Signature/>${many('<a>', 100_000)}`,
    'more nodes than a document has': `${open}<ds:Signature/>${many('<b/>', 1_000_000)}</r>`,
    'many signatures': `${open}${many('<ds:Signature/>', 50_000)}</r>`,
    'many references': `${open}<ds:Signature><ds:SignedInfo>${many('<ds:Reference URI=""/>', 50_000)}</ds:SignedInfo></ds:Signature></r>`,
    'many namespaces': `${open}<a${Array.from({ length: 20_000 }, (_, n) => ` xmlns:n${n}="u"`).join('')}/><ds:Signature/></r>`,
    'many attributes': `${open}<a${Array.from({ length: 20_000 }, (_, n) => ` a${n}="u"`).join('')}/><ds:Signature/></r>`,
    'many children': `${open}${many('<a/>', 300_000)}<ds:Signature><ds:SignedInfo><ds:Reference URI="#x"/></ds:SignedInfo></ds:Signature></r>`,
    'a laugh': `<!DOCTYPE r [<!ENTITY a "${'b'.repeat(1000)}">]>${open}<ds:Signature/>${many('&a;', 10_000)}</r>`,
  };
  for (const [what, text] of Object.entries(bombs))
    assert.equal(verifyXml(Buffer.from(text), { at })?.valid, false, what);
});
