// Who may import whom. The table is docs/architecture.md's; a room that is not listed may import nothing of ours.
const rooms = {
  errors: [],
  text: [],
  protobuf: [],
  logs: ['errors'],
  runs: ['logs'],
  access: ['logs', 'errors', 'query', 'text', 'pipeline'],
  query: ['logs', 'text'],
  export: ['logs', 'query', 'text', 'access'],
  retention: ['errors', 'logs', 'query', 'text', 'pipeline'],
  archive: ['errors', 'logs', 'query'],
  pipeline: ['logs', 'errors'],
  live: ['access', 'logs', 'pipeline', 'query'],
  config: ['logs', 'errors', 'text', 'query', 'screening'],
  screening: ['logs', 'query', 'text', 'pipeline'],
  app: [
    'errors',
    'text',
    'access',
    'agent',
    'archive',
    'config',
    'logs',
    'query',
    'pipeline',
    'pubsub',
    'store',
    'health',
    'http',
    'live',
    'remote',
    'retention',
    'screening',
  ],
};

/** Rooms that wrap one library each. They see the domain and the worker's ports, and never each other. */
const adapters = ['pubsub', 'broker', 'store', 'agent', 'simulator', 'remote'];

/** Small rooms that adapters may share. */
const shared = ['logs', 'errors', 'protobuf', 'runs', 'query', 'access', 'live', 'retention'];

/** The rooms that know a library; everybody else sees what they make of it. */
const libraries = {
  '@google-cloud/pubsub': ['pubsub', 'broker'],
  '@google-cloud/pubsub-api': ['pubsub'],
  '@google-cloud/storage': ['archive'],
  '@grpc/[^/]+': ['pubsub', 'broker'],
  mysql2: ['store/mysql'],
  pino: ['app'],
  'prom-client': ['health'],
  'pino-pretty': ['app'],
  'temporal-polyfill': ['query'],
  yaml: ['app/agent'],
  commander: ['cli'],
  dotenv: ['config'],
  zod: ['archive', 'config', 'http', 'remote'],
  fastify: ['http'],
  snappyjs: ['http/intake'],
};

function libraryRule(library, homes) {
  return {
    name: `library-${library.replace(/[^a-z0-9-]/g, '')}`,
    severity: 'error',
    comment: `Only ${homes.map((home) => `src/${home}`).join(' and ')} may know this library.`,
    from: { path: '^src/', pathNot: `^src/(${homes.join('|')})/` },
    to: { path: `^node_modules/${library}/` },
  };
}

/** A room imports itself and the rooms it may; everything else under src is forbidden. */
function roomRule(room, allowed) {
  return {
    name: `room-${room}`,
    severity: 'error',
    comment: `src/${room} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing'} of ours.`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => roomRule(room, allowed)),
    ...Object.entries(libraries).map(([library, homes]) => libraryRule(library, homes)),
    {
      name: 'sqlite-stays-home',
      severity: 'error',
      comment: 'Only src/store/sqlite may know node:sqlite.',
      from: { path: '^src/', pathNot: '^src/store/sqlite/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'adapters-are-islands',
      severity: 'error',
      comment:
        'A wrapper of a library sees itself, the shared rooms, and of the pipeline its ports, status, clock, retries and outages. Only app composes.',
      from: { path: `^src/(${adapters.join('|')})/` },
      to: {
        path: '^src/',
        pathNot: [
          '^src/$1/',
          `^src/(${shared.join('|')})/`,
          '^src/pipeline/(ports|status|clock|backoff|retry|outage)[.]ts$',
          // Simulated services publish as every other way in does.
          ...['^src/agent/publish-all[.]ts$'],
        ],
      },
    },
    {
      name: 'only-the-simulator-publishes-through-agent',
      severity: 'error',
      comment: 'Of the wrappers only the simulator uses what the ways in share.',
      from: { path: '^src/(pubsub|broker|store)/' },
      to: { path: '^src/agent/' },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      comment: 'Commands compose and print; what others need of them belongs in app.',
      from: { pathNot: '^(src/cli/|test/|bench/|e2e/|chaos/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'room-health',
      severity: 'error',
      comment:
        'What is served sees the domain, and of the pipeline its ports and what a worker shows of itself.',
      from: { path: '^src/health/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(health|logs|errors)/', '^src/pipeline/(ports|status|outage|buffer)[.]ts$'],
      },
    },
    {
      name: 'room-http',
      severity: 'error',
      comment: 'The API sees questions and entries, and of the pipeline its ports: no database, no Pub/Sub.',
      from: { path: '^src/http/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(http|access|errors|text|live|logs|query|export|protobuf)/',
          '^src/pipeline/ports[.]ts$',
        ],
      },
    },
    {
      name: 'stores-are-islands',
      severity: 'error',
      comment: 'MySQL and SQLite stand behind one interface and know nothing of each other.',
      from: { path: '^src/store/(mysql|sqlite)/' },
      to: { path: '^src/store/(mysql|sqlite)/', pathNot: '^src/store/$1/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment:
        'The domain does no input or output: data in, data out. Hashing and unpacking bytes that it has is all it may ask of Node.',
      from: { path: '^src/(errors|live|logs|text|query|access|screening)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
    },
    {
      name: 'client-is-alone',
      severity: 'error',
      comment:
        'The client library runs in browsers: of ours it has the reading of tails and what that waits with, and else nothing.',
      from: { path: '^packages/client/' },
      to: {
        pathNot: [
          '^packages/client/',
          '^src/live/(follow|sse|tail-event)[^/]*[.]ts$',
          '^src/pipeline/(clock|backoff)[.]ts$',
        ],
      },
    },
    {
      name: 'web-is-a-page',
      severity: 'error',
      comment:
        'The page asks through the client library; of the server it has what is pure: entries, texts, expressions.',
      from: { path: '^packages/web/' },
      to: {
        path: '^(src|packages)/',
        pathNot: ['^packages/(web|client)/', '^src/(query|logs|text|live)/'],
      },
    },
    {
      name: 'log-is-small',
      severity: 'error',
      comment: 'What a service logs with bundles how entries are made and published, and no server.',
      from: { path: '^packages/log/' },
      to: {
        path: '^(src|packages)/',
        pathNot: [
          '^packages/log/',
          '^src/(logs|protobuf|errors)/',
          '^src/pipeline/backoff[.]ts$',
          '^src/pubsub/(errors|emulator-address|publish-request)[.]ts$',
        ],
      },
    },
    {
      name: 'server-without-packages',
      severity: 'error',
      comment: 'The packages are for programs of others.',
      from: { path: '^src/' },
      to: { path: '^packages/' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      comment: 'What is shipped does not know its tests.',
      from: { path: '^(src|packages)/' },
      to: { path: '^(test|e2e|bench|scripts)/' },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'What is shipped runs without the development dependencies.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      // The image runs its health check as a program of its own, which needs nothing of ours.
      from: {
        orphan: true,
        pathNot: [
          '[.](test|config|d)[.]ts$',
          '^src/app/container-health[.]ts$',
          // Programs that know the built package alone.
          '^(examples|test/packages/log/programs)/',
        ],
      },
      to: {},
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
