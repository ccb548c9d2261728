#!/usr/bin/env -S node --disable-sigusr1 --max-semi-space-size=16
import { setSourceMapsSupport } from 'node:module';
import { reportFailure } from '../app/report-failure.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { Context, OutputEnd } from './context.ts';
import { run } from './program.ts';

// Stacks name lines of our sources. Maps of libraries, most of them of one that is loaded later, cost 9 MB and a third of
// the time that it takes to load it.
if (process.sourceMapsEnabled) setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });

const output: OutputEnd = {};

const context: Context = {
  env: process.env,
  dotenvPath: '.env',
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  output,
};

process.on('uncaughtException', (error) => process.exit(reportFailure(error, context)));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe and wants no more, as in `lms … | head`.
  if (error.code === 'EPIPE' && output.onClosed !== undefined) {
    output.onClosed();
    return;
  }
  if (error.code === 'EPIPE') process.exit(0);
  process.exit(
    reportFailure(new LmsError('OUTPUT', `cannot write to standard output: ${error.message}`), context),
  );
});

// A worker goes on with its work when whoever read its log lines has gone.
process.stderr.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), context);

// Normally nothing is left to do and the process ends here. If a connection hangs, it is ended half a second
// after all output was read.
const LINGER_MS = 500;
process.stdout.write('', () => {
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
