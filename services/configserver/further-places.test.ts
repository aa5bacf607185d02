// configserver: tests of CONFIG_REPOSITORIES and of the addresses of repositories; their logins are never repeated.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepository } from './backends.ts';
import { readPlaces } from './further-places.ts';
import { gitAddress } from './run-git.ts';

test('places are read; the name is the pattern where there is none', () => {
  assert.deepEqual(readPlaces(undefined), []);
  assert.deepEqual(
    readPlaces('[{"name":"pay","uri":"https://h/x.git"},{"pattern":["a/*","b"],"uri":"/x","searchPaths":"s"}]'),
    [
      { name: 'pay', patterns: ['pay'], uri: 'https://h/x.git', searchPaths: [], defaultLabel: undefined },
      { name: 'repository 2', patterns: ['a/*', 'b'], uri: '/x', searchPaths: ['s'], defaultLabel: undefined },
    ],
  );
});

test('what is wrong is said without the login', () => {
  const uri = 'https://me:hidden@h/x.git';
  for (const [text, why] of [
    [`{"uri":"${uri}"`, /no JSON/],
    [`{"uri":"${uri}"}`, /no JSON array/],
    [`[{"uri":"${uri}"}]`, /entry 1 has no pattern/],
    [`[{"name":"a"}]`, /entry 1 has no uri/],
    [`[{"name":"a","uri":"${uri}","url":"x"}]`, /entry 1 has a field "url"/],
    [`[{"name":"a","uri":"${uri}","searchPaths":[7]}]`, /searchPaths/],
    [`[{"name":"a","uri":"${uri}"},{"name":"a","uri":"${uri}"}]`, /twice/],
    [`["${uri}"]`, /entry 1 is no object/],
  ] as const) {
    assert.throws(
      () => readPlaces(text),
      (error: Error & { code?: string; cause?: unknown }) => {
        assert.equal(error.code, 'SETTING_WRONG');
        assert.match(error.message, why);
        return !`${error.message}${String(error.cause)}`.includes('hidden');
      },
    );
  }
});

test('a URL or a path that ends in .git is a repository, everything else a folder', () => {
  for (const text of ['https://h/x', 'ssh://git@h/x', 'git@h:x/y', 'file:///srv/x', '/srv/x.git', 'x.git/']) {
    assert.equal(isRepository(text), true, text);
  }
  for (const text of ['/srv/config', 'config', './x.git.d', 'C:\\config'])
    assert.equal(isRepository(text), false, text);
});

test('git gets an address without its login, and never an option', () => {
  assert.deepEqual(gitAddress('https://me:s3cret@h/x.git'), {
    url: 'https://h/x.git',
    config: {
      'http.https://h/x.git.extraHeader': `Authorization: Basic ${Buffer.from('me:s3cret').toString('base64')}`,
    },
  });
  assert.deepEqual(gitAddress('git@h:x/y.git'), { url: 'git@h:x/y.git', config: {} });
  assert.throws(() => gitAddress('--upload-pack=touch /tmp/x.git'), { code: 'SETTING_WRONG' });
});
