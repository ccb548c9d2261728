import { hash } from 'node:crypto';
import { asksForHtml } from '../format.ts';
import { type Problem } from '../problems.ts';
import type { Answer, HttpRequest, Method, Route } from '../route.ts';
import { tallied, type Tally } from '../tally.ts';
import { type BulkItem, bulkItems, bulkRecords } from './bulk.ts';
import type { Refused } from './receive.ts';
import { receiveWhole } from './whole.ts';

/** Clients talk to nothing that does not say so. */
const HEADERS = { 'x-elastic-product': 'Elasticsearch' };
/** Of the newest clients, which send nothing that an older one would not. */
const VERSION = '8.19.0';
const CLUSTER = 'lms';

/**
 * As much of Elasticsearch as shippers ask of it: documents come in by `_bulk`; what they look at before, and
 * set up, is answered as if all were there.
 */
export const ELASTIC_ROUTES: readonly Route[] = [
  bulkAt('POST', '/_bulk'),
  bulkAt('PUT', '/_bulk'),
  bulkAt('POST', '/{index}/_bulk'),
  bulkAt('PUT', '/{index}/_bulk'),
  bulkAt('POST', '/{index}/{type}/_bulk'),
  { method: 'GET', path: '/', respond: root, refuse },
  ...['/_license', '/_xpack/license'].map((path) => page(path, license())),
  page('/_xpack', {
    build: {},
    license: license().license,
    features: { ilm: { available: true, enabled: true } },
  }),
  page('/_cluster/health', {
    cluster_name: CLUSTER,
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
  }),
  page('/_cat/health', [{ cluster: CLUSTER, status: 'green' }]),
  ...['/_nodes', '/_nodes/http', '/_nodes/_all/http'].map((path) =>
    page(path, { _nodes: { total: 0, successful: 0, failed: 0 }, cluster_name: CLUSTER, nodes: {} }),
  ),
  ...[
    '/_index_template/{name}',
    '/_component_template/{name}',
    '/_template/{name}',
    '/_ilm/policy/{name}',
    '/_data_stream/{name}',
    '/_ingest/pipeline/{name}',
  ].flatMap((path) => [page(path, {}), acknowledged(path)]),
];

const VERSION_PAGE = {
  name: CLUSTER,
  cluster_name: CLUSTER,
  cluster_uuid: hash('sha256', CLUSTER, 'base64url').slice(0, 22),
  version: {
    number: VERSION,
    build_flavor: 'default',
    build_type: 'docker',
    build_hash: '0',
    build_date: '2026-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: '9.12.2',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'You Know, for Search',
};

/** A page for people; for shippers, the version that they look for. */
function root({ headers, services }: HttpRequest): Promise<Answer> {
  const answer = asksForHtml(headers.accept) ? services.page.index(headers) : elastic(VERSION_PAGE);
  const vary = ['accept', answer.headers?.['vary'] ?? []].flat().join(', ');
  return Promise.resolve({ ...answer, headers: { ...answer.headers, vary } });
}

function license() {
  return { license: { status: 'active', uid: CLUSTER, type: 'basic', mode: 'basic', issued_to: CLUSTER } };
}

function page(path: string, value: object): Route {
  return { method: 'GET', path, respond: () => Promise.resolve(elastic(value)), refuse };
}

/** What is set up here is nothing: entries need no template, and retention is not the shipper's. */
function acknowledged(path: string): Route {
  const respond = () => Promise.resolve(elastic({ acknowledged: true }));
  return { method: 'PUT', path, scope: 'write', respond, refuse };
}

function bulkAt(method: Method, path: string): Route {
  return { method, path, scope: 'write', respond: tallied('elasticsearch', bulk), refuse };
}

async function bulk(request: HttpRequest, tally: Tally): Promise<Answer> {
  const startedMs = performance.now();
  const { index } = request.params as { readonly index?: string };
  const body = await request.body.bytes();
  const items = bulkItems(body, index);
  const refused = new Map<number, Refused>();
  const wanted = items.map((item) => item.action === 'create' || item.action === 'index');
  const onRefused = (each: Refused) => refused.set(each.place, each);
  const answer = () => {
    const answers = items.map((item, place) =>
      itemAnswer(item, place, wanted[place] === true ? refused.get(place) : NOT_HERE),
    );
    const errors = answers.some(({ isError }) => isError);
    const took = Math.round(performance.now() - startedMs);
    return elastic({ took, errors, items: answers.map(({ item }) => item) });
  };
  const receiving = { body, scope: ['bulk', index ?? ''], tally, onRefused, answer };
  const done = await receiveWhole(request, receiving, function* (time) {
    for (const record of bulkRecords(items, time, request.services.defaultService))
      if (wanted[record.place] === true) yield record;
  });
  return done.answer;
}

const NOT_HERE = { code: 'not_here', reason: 'Entries are neither updated nor deleted this way.' } as const;

function itemAnswer(
  { action, index, id }: BulkItem,
  place: number,
  refused: (Pick<Refused, 'reason'> & { code: string }) | undefined,
) {
  const named = { _index: index, _id: id ?? `lms-${place}` };
  if (refused === undefined) {
    const stored = { ...named, _version: 1, result: 'created', status: 201, _seq_no: 0, _primary_term: 1 };
    return {
      isError: false,
      item: { [action]: { ...stored, _shards: { total: 1, successful: 1, failed: 0 } } },
    };
  }
  const isDenied = refused.code === 'not_allowed';
  const type = isDenied ? 'security_exception' : 'document_parsing_exception';
  const error = { type, reason: refused.reason };
  return { isError: true, item: { [action]: { ...named, status: isDenied ? 403 : 400, error } } };
}

function elastic(value: object, status = 200): Answer {
  return { status, contentType: 'application/json', headers: HEADERS, body: JSON.stringify(value) };
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'parse_exception'],
  [401, 'security_exception'],
  [403, 'security_exception'],
  [413, 'content_too_long_exception'],
  [429, 'circuit_breaking_exception'],
  [503, 'unavailable_shards_exception'],
]);

function refuse({ status, message: reason }: Problem): Answer {
  const cause = { type: TYPES.get(status) ?? 'exception', reason };
  return elastic({ error: { root_cause: [cause], ...cause }, status }, status);
}
