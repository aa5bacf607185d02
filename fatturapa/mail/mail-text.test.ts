// fatturapa: letters of mails come out right whatever carried them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeaders, headerOf, textHeaderOf, withParameters } from './mail-headers.ts';
import { decodeText, decodeTransfer, decodeWords } from './mail-text.ts';

const decode = (bytes: Buffer) => decodeTransfer(bytes, 'quoted-printable');

test('encoded words are read, joined where one letter begins in one and ends in the next', () => {
  assert.equal(decodeWords('=?iso-8859-1?Q?Perch=E9_no?= sì'), 'Perché no sì');
  assert.equal(decodeWords('=?UTF-8?B?w6g=?= =?utf-8?Q?_=C3?=\t=?utf-8?Q?=A8?='), 'è è');
  assert.equal(decodeWords('=?utf-8*it?Q?a?= =?iso-8859-1?Q?=E8?='), 'aè');
  assert.equal(decodeWords('=?utf-8?X?a?= =? ?='), '=?utf-8?X?a?= =? ?=');
});

test('text that declares itself wrongly keeps every letter', () => {
  assert.equal(decodeText(Buffer.from('è', 'latin1'), 'utf-8'), 'è');
  assert.equal(decodeText(Buffer.from('è', 'latin1'), 'x-unknown'), 'è');
  assert.equal(decodeText(Buffer.from('è'), 'UTF-8'), 'è');
});

test('quoted-printable keeps what is none, and joins lines', () => {
  assert.equal(decode(Buffer.from('a=3D=3d b=  \r\nc=\nd=zz=')).toString(), 'a== bcd=zz=');
  assert.equal(decodeTransfer(Buffer.from('YWJj\r\nZA=='), ' Base64 ').toString(), 'abcd');
  assert.equal(decodeTransfer(Buffer.from('=3D'), 'x-mine').toString(), '=3D');
});

test('folded headers are one line, the first of a name counts, lines that are none are passed over', () => {
  const headers = readHeaders(
    Buffer.from('From x\r\nSubject: a\r\n\tb\r\nnonsense\r\nSUBJECT : c\r\n\r\nbody\r\n\r\nmore'),
    1000,
  );
  assert.equal(textHeaderOf(headers, 'subject'), 'a b');
  assert.deepEqual(headers.values.get('subject'), ['a b', 'c']);
  assert.equal(headers.body.toString(), 'body\r\n\r\nmore');
  assert.equal(headerOf(headers, 'from'), undefined);
});

test('parameters are read quoted, bare, encoded and in pieces', () => {
  const name = (value: string) => withParameters(value, decode).parameters.get('filename');
  assert.equal(name('attachment; filename="a;b \\"c\\".xml"'), 'a;b "c".xml');
  assert.equal(name('attachment; size=1; filename=a.xml ; x=y'), 'a.xml');
  assert.equal(name("attachment; filename*=utf-8'it'perch%C3%A9.xml"), 'perché.xml');
  assert.equal(name("attachment; filename*1*=%C3%A9.xml; filename*0*=iso''perch"), 'perchÃ©.xml');
  assert.equal(name('attachment; filename*1=b.xml; filename*0=a'), 'ab.xml');
  assert.equal(name('attachment; filename="=?utf-8?Q?=C3=A8.xml?="'), 'è.xml');
  assert.equal(withParameters('Multipart/Mixed; boundary=x', decode).word, 'multipart/mixed');
});
