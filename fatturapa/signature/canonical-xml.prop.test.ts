// fatturapa: our canonical forms are libxml2's, byte for byte, for whole documents and for every element taken out of them.
import fc from 'fast-check';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { readText } from '../read-text.ts';
import { canonicalDocument, canonicalElement, canonicalMethods, type CanonicalOptions } from './canonical-xml.ts';
import { elementsOf, readXmlTree } from './canonical-tree.ts';

const modes: Readonly<Record<string, 0 | 1 | 2>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': XmlC14NMode.XML_C14N_1_0,
  'http://www.w3.org/2006/12/xml-c14n11': XmlC14NMode.XML_C14N_1_1,
  'http://www.w3.org/2001/10/xml-exc-c14n#': XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
};
const prefixes = ['b', 'c'];

interface Both {
  readonly ours: string;
  readonly theirs: string;
  readonly what: string;
}

function* formsOf(text: string, elements: boolean): Generator<Both> {
  const reading = readXmlTree(text);
  assert.ok(reading.ok, reading.ok ? '' : reading.detail);
  const theirs = XmlDocument.fromString(text);
  try {
    for (const [algorithm, plain] of Object.entries(canonicalMethods)) {
      const mode = modes[algorithm.replace('#WithComments', '').replace('exc-c14n', 'exc-c14n#').replace('##', '#')];
      assert.ok(mode !== undefined);
      const options: CanonicalOptions = { method: plain, inclusivePrefixes: new Set(prefixes) };
      const common = { mode, withComments: plain.withComments };
      const exclusive = plain.exclusive ? { ...common, inclusiveNamespacePrefixes: prefixes } : common;
      yield {
        ours: canonicalDocument(reading.document, options),
        theirs: theirs.canonicalizeToString(exclusive),
        what: algorithm,
      };
      const others = elements ? theirs.find('//*') : [];
      for (const [index, element] of [...elementsOf(reading.document.root)].slice(0, others.length).entries()) {
        const part = others[index]?.canonicalizeToString(exclusive) ?? '';
        yield { ours: canonicalElement(element, options), theirs: part, what: `${algorithm} ${element.name}` };
      }
    }
  } finally {
    theirs.dispose();
  }
}

function agree(text: string, elements = true): void {
  for (const { ours, theirs, what } of formsOf(text, elements)) assert.equal(ours, theirs, what);
}

test('declarations, order, marks, line ends, instructions and comments are written as libxml2 writes them', () => {
  agree('<?xml version="1.0"?>\r\n<?a b  c?>\r\n<!-- x -->\n<r/>\n<!-- y --><?z?>');
  agree('<r xmlns="urn:d" xmlns:b="urn:b"><x xmlns="" b="1" b:a="2"><y xmlns="urn:d"/></x><b:z xmlns:b="urn:b"/></r>');
  agree('<r z="1" a="&#x9;&#xA;&#xD;\t\n&quot;\'&lt;&gt;&amp;" m="à€">&lt;&gt;&amp;&#xD;"\r\n<![CDATA[<&>]]>\t</r>');
  agree('<r xml:lang="it" xml:space="preserve"><a><b xml:lang="en"/></a></r>');
  agree('<c:r xmlns:c="urn:c" xmlns:b="urn:b"><c:a xmlns:c="urn:d"><c:a xmlns:c="urn:c" b:x="1"/></c:a></c:r>');
});

const prefix = fc.constantFrom('', 'b:', 'c:');
const declarations = fc.constantFrom(
  '',
  ' xmlns="urn:x"',
  ' xmlns=""',
  ' xmlns:b="urn:x"',
  ' xmlns:c="urn:y"',
  ' xmlns:d="urn:z"',
);
const attributes = fc.constantFrom(
  '',
  ' k="&#10;v"',
  ' b:k="1" c:k="2" a="3"',
  ' xml:lang="it"',
  ' xml:space="default" k="è"',
);
const leaf = fc.constantFrom('', 'testo', '&amp;\r\n', '<![CDATA[ x ]]>', '<!-- c -->', '<?p i?>');

function treeOf(depth: number): fc.Arbitrary<string> {
  const below = depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 2 });
  return fc
    .tuple(prefix, declarations, attributes, leaf, below)
    .map(([p, d, a, text, parts]) => `<${p}e${d}${a}>${text}${parts.join(text)}</${p}e>`);
}

test('any tree with any declarations has the form that libxml2 gives it', () => {
  fc.assert(
    fc.property(treeOf(4), (text) => agree(`<b:r xmlns:b="urn:b" xmlns:c="urn:c" xml:lang="de">${text}</b:r>`)),
    { numRuns: 200 },
  );
});

test("the forms of SdI's samples are libxml2's", { skip: servers.shared.missing }, () => {
  const folder = join(sharedFolder(), 'sdi/samples');
  const files = globSync('{invoices,notifications}/**/*.xml', { cwd: folder });
  assert.ok(files.length > 50);
  for (const file of files) {
    const reading = readText(readFileSync(join(folder, file)));
    if (reading.ok)
      agree(reading.text.replace(/^\ufeff/, '').replace(/(<\?xml[^>]*encoding=")[^"]*/, '$1UTF-8'), false);
  }
});
