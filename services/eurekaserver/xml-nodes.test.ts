// eurekaserver: its XML reader reads what is well-formed and refuses what would harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeXml, readXml } from './xml-nodes.ts';

test('elements, attributes, text, CDATA, comments and characters are read', () => {
  const text = `\uFEFF<?xml version="1.0" encoding="UTF-8"?><!-- a > b -->
<a b = "1 &lt; 2" c='"'><d/> x &#65;&#x1F600;<![CDATA[<&>]]> <e f="a>b">é</e></a>`;
  assert.deepEqual(readXml(text), {
    name: 'a',
    attributes: { b: '1 < 2', c: '"' },
    children: [
      { name: 'd', attributes: {}, children: [], text: '' },
      { name: 'e', attributes: { f: 'a>b' }, children: [], text: 'é' },
    ],
    text: 'x A😀<&>',
  });
});

test('what is not well-formed, unfolds or nests without end is refused in plain words', () => {
  for (const [text, words] of [
    ['', /not complete/],
    ['<a>', /not complete/],
    ['</a>', /closes nothing/],
    ['<a></b>', /closes nothing/],
    ['<a/><b/>', /two roots/],
    ['x<a/>', /outside/],
    ['<a>&unknown;</a>', /not known/],
    ['<a>&constructor;</a>', /not known/],
    ['<a> & </a>', /stands alone/],
    ['<a>&#0;</a>', /no character/],
    ['<a>&#xD800;</a>', /no character/],
    ['<a b=c/>', /not well-formed/],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /from character 1/],
    ['<a><!ENTITY x "y"></a>', /from character 4/],
    ['<a><!-- ', /from character 4/],
    ['<a>'.repeat(17), /too deeply/],
  ] as const) {
    assert.throws(() => readXml(text), words, text);
  }
});

test('a long hostile text takes no longer than its length', () => {
  for (const part of ['<a b="', '<!--', '<![CDATA[', '&', '<?', '<a ', "<a '"]) {
    assert.throws(() => readXml(`<r>${part.repeat(40_000)}`), Error, part);
  }
});

test('what XML cannot hold is written as a blank', () => {
  assert.equal(escapeXml('a\u0000<"&\ud800b'), 'a &lt;&quot;&amp;\ufffdb');
});
