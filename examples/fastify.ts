// A service of Fastify with its access log in LMS:
//   LMS_URL=http://127.0.0.1:8080 PORT=3000 node examples/fastify.ts
import Fastify from 'fastify';

const app = Fastify({ logger: { transport: { target: 'lms-log/pino', options: { service: 'shop' } } } });

app.get('/cart/:id', (request) => {
  const { id } = request.params as { id: string };
  // Entries of one request have its `reqId`, as Fastify's own two have.
  request.log.info({ cart: id }, 'cart opened');
  return { id };
});

process.once('SIGTERM', () => void app.close());
process.stdout.write(`${await app.listen({ port: Number(process.env['PORT'] ?? 3_000) })}\n`);
