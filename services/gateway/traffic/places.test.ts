// gateway: tests of where instances are: set addresses first, then discovery, then the usual address.
import { shapeInstance, type Fields, type Instance } from '@staffetta/platform/discovery/instance.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { placeOf, placesOfService, placesOfTarget } from './places.ts';

function instance(fields: Fields = {}): Instance {
  const port = { $: 8080, '@enabled': 'true' };
  return shapeInstance(
    { instanceId: 'a', app: 'RECEIVER', hostName: 'a.example', lastDirtyTimestamp: '7', port, ...fields },
    1,
  );
}

describe('an instance of the registry', () => {
  test('is called at its host and port, with its weight', () => {
    assert.deepEqual(placeOf(instance()), { address: 'http://a.example:8080', weight: 1, life: '7' });
    assert.equal(placeOf(instance({ metadata: { weight: '3' } }))?.weight, 3);
    for (const weight of ['0', '-1', 'much', 'Infinity']) {
      assert.equal(placeOf(instance({ metadata: { weight } }))?.weight, 1, weight);
    }
  });

  test('is called by https where it opened its secure port', () => {
    const securePort = { $: 8443, '@enabled': 'true' };
    assert.equal(placeOf(instance({ securePort }))?.address, 'https://a.example:8443');
  });

  test('is none where no port is open, or its host cannot be written', () => {
    assert.equal(placeOf(instance({ port: { $: 8080, '@enabled': 'false' } })), undefined);
    assert.equal(placeOf(instance({ hostName: 'a b' })), undefined);
    assert.equal(placeOf(instance({ hostName: '::1' }))?.address, 'http://[::1]:8080');
  });
});

describe('a service', () => {
  const discovery = { serverUrls: ['http://x'], givenAddressOf: () => undefined };
  const world = { addressOf: () => 'http://usual:1', discovery };
  const watch = (...found: Instance[]) => ({
    instancesOf: (app: string) => (app === 'receiver' || app === 'RECEIVER' ? found : []),
  });

  test('is where discovery tells, each address once', () => {
    const places = placesOfService({ world, watch: watch(instance(), instance({ instanceId: 'b' })) }, 'receiver');
    assert.deepEqual(
      places.map(({ address }) => address),
      ['http://a.example:8080'],
    );
  });

  test('is at its usual address where discovery knows none, or is switched off', () => {
    for (const parts of [
      { world, watch: watch() },
      { world, watch: undefined },
    ]) {
      assert.deepEqual(placesOfService(parts, 'receiver'), [{ address: 'http://usual:1', weight: 1, life: '' }]);
    }
  });

  test('is at the address that was set, whatever discovery tells', () => {
    const given = { ...world, discovery: { ...discovery, givenAddressOf: () => 'http://given:2/' } };
    const places = placesOfService({ world: given, watch: watch(instance()) }, 'receiver');
    assert.deepEqual(
      places.map(({ address }) => address),
      ['http://given:2'],
    );
  });

  test('of a firm’s own is nowhere where discovery does not know it', () => {
    const parts = { world, watch: watch(instance()) };
    assert.deepEqual(placesOfTarget(parts, ['lb://OTHER']), []);
    const both = placesOfTarget(parts, ['lb://RECEIVER', 'http://b:3/base/']).map(({ address }) => address);
    assert.deepEqual(both, ['http://a.example:8080', 'http://b:3/base']);
  });
});
