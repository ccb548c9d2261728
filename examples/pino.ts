// A service that logs with pino, straight to an LMS server:
//   LMS_URL=http://127.0.0.1:8080 node examples/pino.ts
// With PUBSUB_TOPIC in place of LMS_URL it publishes to Pub/Sub itself, and no server is needed.
import pino from 'pino';

const logger = pino({
  customLevels: { audit: 35 },
  redact: ['card.number'],
  transport: { target: 'lms-log/pino', options: { service: 'billing' } },
});

const request = logger.child({ request: 'r-4711' });
request.audit({ card: { number: '4111 1111 1111 1111', brand: 'visa' } }, 'charged');
try {
  throw new Error('no connection', { cause: new Error('ECONNRESET') });
} catch (error) {
  request.error(error, 'refund failed');
}
// The process ends here. The transport sends what is left first.
