// configserver: tests of push hooks; what they concern is guessed as Spring does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedPaths, formBody, servicesConcerned } from './monitor.ts';

test('file names become services; application is all of them', () => {
  for (const [path, services] of [
    ['receiver.yml', ['receiver']],
    ['receiver', ['receiver']],
    ['application.yml', ['*']],
    ['/a/b/application-prod.yml', ['application-prod', '*']],
    ['my-app-prod.properties', ['my-app-prod', 'my-app', 'my']],
    ['foo.bar.yml', ['foo.bar']],
    ['C:\\repo\\x.yml', ['x']],
    ['sub/', []],
  ] as const) {
    assert.deepEqual(servicesConcerned([path]), services, path);
  }
  assert.deepEqual(servicesConcerned(['a.yml', 'a-b.yml']), ['a', 'a-b']);
});

test('the hooks of the forges are understood, and what is none names nothing', () => {
  const commits = [{ added: ['a.yml'], removed: ['b.yml'], modified: ['a.yml', 7] }, 'odd', { modified: 'c.yml' }];
  for (const name of ['x-github-event', 'x-gitlab-event', 'x-gitea-event', 'x-gogs-event', 'x-gitee-event']) {
    assert.deepEqual(changedPaths({ [name]: 'push' }, { commits }), ['a.yml', 'b.yml', 'c.yml'], name);
  }
  assert.deepEqual(changedPaths({}, { commits }), []);
  assert.deepEqual(changedPaths({ 'x-event-key': 'repo:push' }, { push: { changes: [{}] } }), ['application']);
  assert.deepEqual(changedPaths({ 'x-event-key': 'repo:push' }, { push: { changes: [] } }), []);
  assert.deepEqual(changedPaths({ 'x-event-key': 'repo:refs_changed' }, { changes: [{}] }), ['application']);
  assert.deepEqual(changedPaths({}, { path: ['x.yml', 'y.yml'] }), ['x.yml', 'y.yml']);
  assert.deepEqual(changedPaths({}, { path: 'x.yml' }), ['x.yml']);
  for (const body of [null, 'x', 7, [], {}]) assert.deepEqual(changedPaths({}, body), []);
});

test('a form has paths, or the JSON of a hook', () => {
  assert.deepEqual(formBody('path=a.yml&path=b.yml'), { path: ['a.yml', 'b.yml'] });
  assert.deepEqual(formBody(`payload=${encodeURIComponent('{"commits":[]}')}`), { commits: [] });
  for (const text of ['', 'x=y', 'payload={']) assert.throws(() => formBody(text), { code: 'BODY_NOT_VALID' });
});
