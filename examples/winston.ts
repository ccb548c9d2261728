// A service that logs with winston, by OTLP:
//   LMS_URL=http://127.0.0.1:8080 node examples/winston.ts
import { logs } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { OpenTelemetryTransportV3 } from '@opentelemetry/winston-transport';
import winston from 'winston';

const { LMS_URL = 'http://127.0.0.1:8080', LMS_TOKEN } = process.env;
const exporter = new OTLPLogExporter({
  url: `${LMS_URL}/v1/logs`,
  headers: LMS_TOKEN === undefined ? {} : { authorization: `Bearer ${LMS_TOKEN}` },
});
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'mailer' }),
  processors: [new BatchLogRecordProcessor({ exporter })],
});
logs.setGlobalLoggerProvider(provider);

const logger = winston.createLogger().add(new OpenTelemetryTransportV3());
logger.warn('queue is long', { waiting: 1_200 });
await provider.shutdown();
