// A service of Express with an access log in LMS:
//   LMS_URL=http://127.0.0.1:8080 PORT=3000 node examples/express.ts
import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';

const logger = pino({ transport: { target: 'lms-log/pino', options: { service: 'shop-express' } } });
const app = express();

app.use((request, response, next) => {
  const sinceMs = performance.now();
  const { method, originalUrl: path } = request;
  response.once('close', () => {
    const { statusCode: status } = response;
    const ms = Math.round(performance.now() - sinceMs);
    const level = status >= 500 ? 'error' : 'info';
    logger[level]({ method, path, status, ms }, `${method} ${path} ${status} ${ms}ms`);
  });
  next();
});

app.get('/cart/:id', (request, response) => {
  response.json({ id: request.params.id });
});

const server = app.listen(Number(process.env['PORT'] ?? 3_000), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => server.close());
