// flow: trace contexts are read from anything, and come out as they went in where they are valid.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatTraceparent, isSampled, parseTraceparent, readTraceContext } from './trace-context.ts';

const example = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => /[^0]/.test(text));
const valid = fc.record({ traceId: hex(32), spanId: hex(16), flags: fc.integer({ min: 0, max: 255 }) });
/** Junk, among it valid ones with one character changed, cut off or added. */
const junk = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(valid, fc.nat(60), fc.string({ maxLength: 3, unit: 'binary' }))
    .map(([context, at, text]) => `${formatTraceparent(context).slice(0, at)}${text}`),
);

describe('a traceparent', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(valid, (context) => assert.deepEqual(parseTraceparent(formatTraceparent(context)), { ...context })),
    );
    assert.equal(formatTraceparent(parseTraceparent(example)!), example);
  });

  test('is either valid or none, whatever comes', () => {
    fc.assert(
      fc.property(junk, (text) => {
        const read = parseTraceparent(text);
        if (read) assert.match(formatTraceparent(read), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
      }),
    );
  });

  test('of zeros, in capitals, too long, twice, or of version ff is none', () => {
    const wrong = [
      example.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
      example.replace('b7ad6b7169203331', '0'.repeat(16)),
      example.toUpperCase(),
      `${example}-more`,
      `${example}, ${example}`,
      `${example}\r\nx: y`,
      `${example}\n`,
      example.replace(/^00/, 'ff'),
    ];
    for (const text of wrong) assert.equal(parseTraceparent(text), undefined, JSON.stringify(text));
  });

  test('of a later version is read as far as it is known, and goes on as version 00', () => {
    const later = example.replace(/^00/, '01');
    assert.equal(readTraceContext(`${later}-what-comes`, undefined)?.traceparent, example);
    assert.equal(readTraceContext(later, undefined)?.traceparent, example);
    assert.equal(readTraceContext(`${later}x`, undefined), undefined);
  });

  test('says whether it is recorded', () => {
    assert.equal(isSampled({ traceparent: example }), true);
    assert.equal(isSampled({ traceparent: example.replace(/01$/, '00') }), false);
    assert.equal(isSampled({ traceparent: example.replace(/01$/, '02') }), false);
    assert.equal(isSampled({ traceparent: example.replace(/01$/, '03') }), true);
  });
});

describe('a tracestate', () => {
  const stateOf = (state: string | string[]) => readTraceContext(example, state)?.tracestate;

  test('goes through, in one line', () => {
    assert.equal(stateOf('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'), 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
    assert.equal(stateOf([' a=1 ,', 'fw529a3039@dt=FfAb;3']), 'a=1,fw529a3039@dt=FfAb;3');
  });

  test('that is not valid or too long is left out, and the traceparent goes through', () => {
    for (const state of ['', ',', 'no value', 'A=1', 'a=1,\u00e9=2', 'a=\r\nx: y', `a=${'1'.repeat(600)}`]) {
      assert.deepEqual(readTraceContext(example, state), { traceparent: example }, JSON.stringify(state));
    }
    const many = Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(',');
    assert.equal(stateOf(many), undefined);
  });

  test('is printable ASCII of at most 512 characters or nothing, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        const state = stateOf(text);
        if (state !== undefined) assert.match(state, /^[\x20-\x7e]{1,512}$/);
      }),
    );
  });

  test('means nothing without a traceparent', () => {
    assert.equal(readTraceContext(undefined, 'a=1'), undefined);
    assert.equal(readTraceContext('nonsense', 'a=1'), undefined);
  });
});
