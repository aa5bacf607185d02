// bench: the bare proxy to compare the gateway with: @fastify/http-proxy and nothing else, before the server of its first argument.
import proxy from '@fastify/http-proxy';
import { fastify } from 'fastify';

const app = fastify({ logger: false });
await app.register(proxy, { upstream: process.argv[2] ?? '', prefix: '/receiver' });
await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit(0));
process.send?.({ http: (app.server.address() as { port: number }).port });
