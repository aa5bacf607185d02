// journeys: `npm start -- receiver`: a service alone joins the hub of the same data directory, or says what it needs.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hubCommand } from './harness/command-line.ts';
import { startFlood, untilAllWell } from './harness/flood.ts';
import { defaultSetUp, tellPromise } from './harness/set-ups.ts';

tellPromise('starts with nothing', [defaultSetUp], { mail: 'sandbox' }, (estate) => {
  test('three services started alone at the same moment join the running hub and share its work', async () => {
    const [receiver] = await Promise.all([
      estate().addInstance('receiver'),
      estate().addInstance('dbmanager'),
      estate().addInstance('sender'),
    ]);
    if (!receiver) throw new Error('there is no second receiver');
    const flood = startFlood(estate(), { count: 100, receivers: [receiver, estate().client] });
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });

  test('a second hub on the same ports says so in plain words and leaves the first alone', async () => {
    const { exitCode, errors } = await hubCommand(estate().environment);
    assert.equal(exitCode, 1);
    assert.match(errors, /port is taken.*STAFFETTA_PORT_OFFSET/s);
    assert.equal((await estate().client.invoices({ size: '1' })).content.length, 1);
  });
});

describe('starts with nothing', () => {
  test('without a database and without a hub, a service alone says what it needs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'staffetta-alone-'));
    const { exitCode, errors } = await hubCommand(
      { STAFFETTA_DATA_DIR: folder, STAFFETTA_PORT_OFFSET: '17000' },
      'receiver',
    );
    await rm(folder, { recursive: true });
    assert.equal(exitCode, 1);
    assert.match(errors, /receiver needs a database: set DATABASE_URL, or start the hub first/);
  });

  test('a word that is no service, and a setting that cannot be read, are named', async () => {
    const unknown = await hubCommand({}, 'postman');
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.errors, /no service "postman".*receiver/s);
    const wrong = await hubCommand({ STAFFETTA_PORT_OFFSET: 'many' });
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.errors, /STAFFETTA_PORT_OFFSET="many"/);
    assert.doesNotMatch(wrong.errors, /\n\s+at /);
  });
});
