// fatturapa: texts outside SdI's alphabet get their plain twin, or are refused by name and place.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adaptTexts, plainTwins } from './adapt-text.ts';

test('typographic signs are written plainly, with a warning that names them and the place', () => {
  const { value, findings } = adaptTexts({ lines: [{ description: 'L’ordine – “urgente”… 10 €' }] });
  assert.equal(value.lines[0]?.description, 'L\'ordine - "urgente"... 10 EUR');
  assert.deepEqual(
    findings.map(({ code, severity, path }) => [code, severity, path]),
    [['TEXT_ADAPTED', 'warning', '/lines/0/description']],
  );
  assert.match(findings[0]?.message.it ?? '', /«’» \(U\+2019\) → "'"/);
});

test('letters of Latin-1 stay, composed where they came in pieces', () => {
  assert.deepEqual(adaptTexts('perche\u0301 più Ångström ß £ §'), { value: 'perché più Ångström ß £ §', findings: [] });
});

test('a character without a twin is refused with its name and place', () => {
  const { findings } = adaptTexts({ customer: { name: 'Łódź S.p.A.' } });
  assert.deepEqual([findings[0]?.code, findings[0]?.severity, findings[0]?.path], ['00200', 'error', '/customer/name']);
  assert.match(findings[0]?.message.it ?? '', /«Ł» \(U\+0141\) in posizione 1/);
  for (const text of ['a\u0000b', 'a\u0007b', 'half \ud800', 'emoji 😀']) {
    assert.equal(adaptTexts(text).findings[0]?.severity, 'error', JSON.stringify(text));
  }
});

test('every twin is in Latin-1, and no character of Latin-1 has one', () => {
  for (const [character, twin] of Object.entries(plainTwins)) {
    assert.match(twin, /^[\u0020-\u00ff]*$/u);
    assert.match(character, /^[^\u0000-\u00ff]$/u);
  }
});

test('whatever the texts are, what passes is in the alphabet and the findings are bounded', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string({ unit: 'binary' }), { maxLength: 80 }), (json, texts) => {
      const { value, findings } = adaptTexts({ json, texts });
      assert.ok(findings.length <= 50);
      if (findings.some(({ severity }) => severity === 'error')) return;
      for (const text of value.texts) assert.match(text, /^[\t\n\r\u0020-\u00ff]*$/u);
    }),
  );
});
