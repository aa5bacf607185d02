// bench: the raw limit of accepting: a bare server that parses the JSON and answers 202; its port goes by IPC.
import { createServer } from 'node:http';

const server = createServer((asked, answer) => {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => chunks.push(chunk));
  asked.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    answer.statusCode = 202;
    answer.setHeader('content-type', 'application/json');
    answer.end('{"statusCode":"202","statusMsg":"Richiesta accettata e in elaborazione"}');
  });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ http: (server.address() as { port: number }).port }));
