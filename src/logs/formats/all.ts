import { bunyan } from './bunyan.ts';
import { cloudEvent, cloudEventData } from './cloud-event.ts';
import { cloudLogging } from './cloud-logging.ts';
import { ecs } from './ecs.ts';
import { fluentBit } from './fluent-bit.ts';
import type { Format, Wrapping } from './format.ts';
import { googleStructured } from './google-structured.ts';
import { logback } from './logback.ts';
import { otlp } from './otlp.ts';
import { pino } from './pino.ts';
import { pushEnvelope } from './push-envelope.ts';
import { serilog, serilogCompact } from './serilog.ts';
import { slog } from './slog.ts';
import { winston } from './winston.ts';
import { zap } from './zap.ts';
import { zerolog } from './zerolog.ts';

/** What is looked into before a record is looked at. */
export const WRAPPINGS: readonly Wrapping[] = [pushEnvelope, cloudEvent, otlp];

/**
 * The formats that a record may have, tried in this order, after our own: the first whose shape it is decodes
 * it. Those that are known by names nobody else uses come first, those that share `level` and `message` with
 * others last.
 */
export const FORMATS: readonly Format[] = [
  cloudLogging,
  fluentBit,
  serilogCompact,
  serilog,
  ecs,
  logback,
  bunyan,
  pino,
  googleStructured,
  zap,
  slog,
  zerolog,
  winston,
  cloudEventData,
];
