import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse as parseHcl } from '@cdktn/hcl2json';
import { parser as go } from '@lezer/go';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const read = (file: string) => readFile(join(EXAMPLES, file), 'utf8');

/** Examples whose programs are seldom at hand: what can be told of them without. */
describe('examples/slog.go', () => {
  it('is Go, and sends to where OTLP is taken', async () => {
    const source = await read('slog.go');
    const errors: string[] = [];
    go.parse(source).iterate({
      enter: ({ type, from }) => {
        if (type.isError) errors.push(source.slice(from, from + 40));
      },
    });
    expect(errors).toEqual([]);
    expect(source).toContain(':8080/v1/logs');
    const imported = [...source.matchAll(/^\t(?:\w+ )?"([^"]+)"$/gm)].map(([, path = '']) => path);
    // What is imported is used, and the other way round, or it does not compile.
    for (const path of imported) {
      const name = path === 'go.opentelemetry.io/otel/sdk/log' ? 'sdklog' : (path.split('/').at(-1) ?? '');
      expect(source).toContain(`${name}.`);
    }
  });
});

describe('examples/otel-collector.yaml', () => {
  it('has every part that its pipelines name, and no other', async () => {
    const file = parse(await read('otel-collector.yaml')) as Collector;
    const { pipelines, extensions } = file.service;
    for (const kind of ['receivers', 'processors', 'exporters'] as const)
      expect(
        Object.values(pipelines)
          .flatMap((pipeline) => pipeline[kind])
          .toSorted(),
      ).toEqual(Object.keys(file[kind]).toSorted());
    expect(extensions).toEqual(Object.keys(file.extensions));
    expect(file.exporters['otlphttp/lms']).toMatchObject({ logs_endpoint: '${env:LMS_URL}/v1/logs' });
  });
});

interface Collector extends Readonly<
  Record<'receivers' | 'processors' | 'exporters', Readonly<Record<string, unknown>>>
> {
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', string[]>>>
    >;
  };
}

describe('examples/docker-logging.yaml', () => {
  it('sends to paths that a server has', async () => {
    const { services, configs } = parse(await read('docker-logging.yaml')) as Compose;
    expect(services['cart']?.logging?.options['loki-url']).toMatch(/:8080\/loki\/api\/v1\/push$/);
    const { pipeline } = parse(configs['fluent-bit'].content.replaceAll('$$', '$')) as {
      pipeline: { inputs: { port: number }[]; outputs: { uri: string; header: string }[] };
    };
    expect(services['shop']?.logging?.options['fluentd-address']).toBe(
      `localhost:${pipeline.inputs[0]?.port}`,
    );
    expect(pipeline.outputs[0]).toMatchObject({
      uri: '/api/v1/entries?service=shop&msg_field=log',
      header: 'Authorization Bearer ${LMS_TOKEN}',
    });
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> } }
    >
  >;
  readonly configs: { readonly 'fluent-bit': { readonly content: string } };
}

describe('a sink of Cloud Logging', () => {
  it('examples/sink.sh makes it, and gives its writer the right to publish', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lms-sink-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    // What was asked for, a word a line; the writer's identity where that is asked.
    const gcloud =
      '#!/bin/sh\nprintf "%s\\n" "$@" --- >> "$ASKED"\ncase "$*" in *describe*) echo serviceAccount:w@x;; esac\n';
    await writeFile(join(folder, 'gcloud'), gcloud, { mode: 0o755 });
    const env = { PATH: `${folder}:/usr/bin:/bin`, ASKED: join(folder, 'asked'), PROJECT: 'shop' };
    await promisify(execFile)(join(EXAMPLES, 'sink.sh'), ['severity>=ERROR'], { env });
    const asked = (await readFile(env.ASKED, 'utf8'))
      .split('\n---\n')
      .map((call) => call.split('\n').join(' '));
    expect(asked.slice(0, 3)).toEqual([
      'logging sinks create lms pubsub.googleapis.com/projects/shop/topics/log-topic --project=shop --log-filter=(severity>=ERROR) AND NOT resource.labels.service_name=~"^lms"',
      'logging sinks describe lms --project=shop --format=value(writerIdentity)',
      'pubsub topics add-iam-policy-binding log-topic --project=shop --member=serviceAccount:w@x --role=roles/pubsub.publisher',
    ]);
  });

  it('examples/sink.tf does the same, with the topic of deploy/terraform', async () => {
    const { resource } = (await parseHcl('sink.tf', await read('sink.tf'))) as {
      resource: Readonly<
        Record<string, Readonly<Record<string, readonly [Readonly<Record<string, unknown>>]>>>
      >;
    };
    const [sink] = resource['google_logging_project_sink']!['lms']!;
    const [member] = resource['google_pubsub_topic_iam_member']!['sink']!;
    expect(sink).toMatchObject({ destination: 'pubsub.googleapis.com/${google_pubsub_topic.logs.id}' });
    expect(member).toMatchObject({
      role: 'roles/pubsub.publisher',
      topic: '${google_pubsub_topic.logs.name}',
    });
    const deployed = await readFile(join(EXAMPLES, '../deploy/terraform/pubsub.tf'), 'utf8');
    expect(deployed).toContain('resource "google_pubsub_topic" "logs"');
  });
});
