/**
 * The layer table of docs/architecture.md as a law: a folder imports only what its row allows, always
 * through the other folder's index.ts, and nothing imports in a circle.
 */
const folders = {
  base: [],
  models: ['base'],
  pareto: ['base'],
  metrics: ['base', 'pareto'],
  hardware: ['base', 'models'],
  search: ['base', 'models', 'pareto', 'metrics'],
  training: ['base', 'models'],
  formats: ['base', 'models'],
  evaluation: ['base', 'models', 'training', 'export'],
  export: ['base', 'models', 'formats', 'training'],
  runs: ['base', 'models', 'pareto', 'metrics'],
  measure: ['base', 'models', 'hardware', 'formats', 'training'],
  app: [
    'base',
    'models',
    'pareto',
    'metrics',
    'hardware',
    'search',
    'training',
    'formats',
    'export',
    'evaluation',
    'runs',
    'measure',
  ],
  dashboard: ['base', 'runs', 'metrics', 'pareto', 'models', 'hardware'],
  report: ['base', 'runs', 'metrics', 'pareto', 'models', 'hardware'],
  testing: ['base', 'pareto', 'search'],
  public: ['base', 'models', 'pareto', 'hardware', 'search', 'runs'],
  cli: ['base', 'app', 'dashboard', 'report'],
};
/** What only tests use, and dist does not hold: see tsconfig.build.json. */
const tests = '\\.test\\.tsx?$|/test-helpers/';
const layers = Object.entries(folders).flatMap(([folder, allowed]) => {
  const other = (names) => `^src/(?!(${[folder, ...names].join('|')})/)`;
  return [
    {
      name: `${folder}-imports`,
      comment: `src/${folder} may import ${allowed.join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: tests },
      to: { path: other(allowed) },
    },
    {
      name: `${folder}-door`,
      comment: `src/${folder} is entered through its index.ts only.`,
      severity: 'error',
      from: { path: '^src/', pathNot: [`^src/${folder}/`, tests] },
      to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/index\\.tsx?$` },
    },
  ];
});

/** Rooms whose folders are entered through their own index.ts as well, from within the room too. */
const withInnerDoors = '(app|cli|evaluation|hardware|runs|search)';
const innerDoors = [
  {
    name: 'inner-doors',
    comment: 'A folder within a room is entered through its index.ts.',
    severity: 'error',
    from: { path: `^src/${withInnerDoors}/([^/]+)/`, pathNot: tests },
    to: { path: '^src/$1/[^/]+/', pathNot: ['^src/$1/$2/', '^src/$1/[^/]+/index\\.ts$'] },
  },
  {
    name: 'inner-doors-from-above',
    comment: 'A folder within a room is entered through its index.ts.',
    severity: 'error',
    from: { path: `^src/${withInnerDoors}/[^/]+$`, pathNot: tests },
    to: { path: '^src/$1/[^/]+/', pathNot: '^src/$1/[^/]+/index\\.ts$' },
  },
];

module.exports = {
  forbidden: [
    ...layers,
    ...innerDoors,
    {
      name: 'published-without-test-helpers',
      comment: 'What is published uses no test helper.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'published-without-dev-dependencies',
      comment: 'What is published imports only packages that it installs, types included.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      // An optional peer is installed for development too.
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'tensorflow-in-training-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/training/' },
      to: { path: 'node_modules/@tensorflow', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-rooms',
      comment:
        'src/models, src/pareto and src/metrics know no files; src/search knows neither files nor processes.',
      severity: 'error',
      from: { path: '^src/(models|pareto|metrics|search)/', pathNot: tests },
      to: { path: '^(node:)?(fs|fs/promises|child_process|worker_threads|http|net|perf_hooks)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
