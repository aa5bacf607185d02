// platform: what the settings of document checks mean.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkingOptions, checkingSettings } from './checking-settings.ts';
import { readSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));
after(() => rmSync(folder, { recursive: true }));

function optionsWith(environment: Record<string, string>, profile: 'dev' | 'production' = 'dev') {
  return checkingOptions(readSettings(checkingSettings, environment).values, profile);
}

function fileOf(text: string): string {
  const path = join(folder, 'anchors.pem');
  writeFileSync(path, text);
  return path;
}

test("the tax authority's dummy number is a warning in dev and an error in production, unless a setting says so", () => {
  assert.equal(optionsWith({}).dummyTaxIds, 'warning');
  assert.equal(optionsWith({}, 'production').dummyTaxIds, 'error');
  assert.equal(optionsWith({ DUMMY_TAX_IDS: 'error' }).dummyTaxIds, 'error');
  assert.equal(optionsWith({ DUMMY_TAX_IDS: 'warning' }, 'production').dummyTaxIds, 'warning');
});

test('a PEM file gives each of its certificates; one that cannot be read or holds none stops the start', () => {
  const one = '-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----';
  const path = fileOf(`a comment\n${one}\nbetween\n${one}\n`);
  assert.deepEqual(optionsWith({ SIGNATURE_TRUST_ANCHORS: path }).trustAnchors, [one, one]);
  assert.equal(optionsWith({}).trustAnchors, undefined);
  const wrong = { code: 'SETTING_WRONG', message: /SIGNATURE_TRUST_ANCHORS/ };
  assert.throws(() => optionsWith({ SIGNATURE_TRUST_ANCHORS: fileOf('nothing') }), wrong);
  assert.throws(() => optionsWith({ SIGNATURE_TRUST_ANCHORS: join(folder, 'absent.pem') }), wrong);
});
