// Real servers for tests: proves that our Redis forgets, falls silent with what it knows, and comes back at its port.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { servers } from './available.ts';
import { startRedis, type RedisServer } from './redis.ts';

suite('a Redis of our own', { skip: servers.redisServer.missing }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  async function ask(command: string): Promise<string> {
    const socket = connect(Number(new URL(redis.url).port), '127.0.0.1');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString();
  }

  test('forgets when it is flushed, and when it is killed', async () => {
    await ask('SET one 1');
    assert.equal(await ask('EXISTS one'), ':1\r\n');
    await redis.flush();
    assert.equal(await ask('EXISTS one'), ':0\r\n');
    await ask('SET one 1');
    await redis.kill9();
    await assert.rejects(ask('EXISTS one'));
    await redis.restart();
    assert.equal(await ask('EXISTS one'), ':0\r\n');
  });

  test('falls silent and knows everything when it speaks again', async () => {
    await ask('SET two 2');
    redis.fallSilent();
    let isAnswered = false;
    const asked = ask('EXISTS two').then((answer) => {
      isAnswered = true;
      return answer;
    });
    // The system takes a connection in its stead; nobody answers on it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(isAnswered, false);
    redis.speakAgain();
    assert.equal(await asked, ':1\r\n');
  });
});
