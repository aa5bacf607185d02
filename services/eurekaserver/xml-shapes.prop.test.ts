// eurekaserver: whatever an instance says, its XML says the same.
import { shapeInstance } from '@staffetta/platform/discovery/instance.ts';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demo } from './eureka-test-kit.ts';
import { instanceXml, readInstanceXml } from './xml-shapes.ts';

// What XML cannot hold (control characters, halves of pairs) and blanks at the ends are not kept; keys are of one line.
const text = fc.string({ unit: 'grapheme' }).map((given) => given.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '').trim());
const key = text.filter((given) => given !== '' && given !== '@class' && given !== '__proto__');

test('an instance that is written and read again is the same', () => {
  fc.assert(
    fc.property(text, fc.dictionary(key, text), fc.integer({ min: 0, max: 65_535 }), (url, metadata, port) => {
      const instance = shapeInstance({ ...demo, homePageUrl: url, metadata, port: { $: port, '@enabled': 'true' } }, 0);
      const again = shapeInstance(readInstanceXml(instanceXml(instance)).instance, 0);
      const texts = (given: unknown): unknown => JSON.parse(JSON.stringify(given, (_, value) => asText(value)));
      assert.deepEqual(texts(again), texts(instance));
    }),
  );
});

function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}
