/** The floors: imports go downward only. */
const between = (from, allowed) => ({
  name: `${from}-reaches-only-down`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/(people|segments|delivery|campaigns|analytics|access|visitors|dashboard|sample|operations|files)/', pathNot: [`^src/${from}/`, ...allowed.map((name) => `^src/${name}/`)] },
});

module.exports = {
  forbidden: [
    { name: 'analytics-takes-only-rules', severity: 'error', comment: 'goal filters are evaluated by the one table of operators', from: { path: '^src/analytics/' }, to: { path: '^src/segments/(?!domain/)' } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'kernel-is-the-ground', severity: 'error', from: { path: '^src/kernel/' }, to: { path: '^src/(?!kernel/)' } },
    { name: 'contract-is-pure', severity: 'error', from: { path: '^src/contract/' }, to: { path: '^src/(?!kernel/|contract/)' } },
    { name: 'platform-knows-no-module', severity: 'error', from: { path: '^src/platform/' }, to: { path: '^src/(?!kernel/|contract/|platform/)' } },
    { name: 'domain-is-pure', severity: 'error', from: { path: '^src/.+/domain/' }, to: { path: '^src/', pathNot: ['^src/kernel/', '^src/contract/', '^src/.+/domain/'] } },
    { name: 'domain-has-no-framework', severity: 'error', from: { path: '^src/.+/domain/' }, to: { path: 'node_modules/(@nestjs|typeorm|pg|fastify|agenda|nodemailer)' } },
    { name: 'store-knows-no-service', severity: 'error', from: { path: '^src/.+/store/' }, to: { path: '(\\.service\\.ts$|/http/|/jobs/)', pathNot: '^src/platform/' } },
    { name: 'service-knows-no-edge', severity: 'error', from: { path: '\\.service\\.ts$' }, to: { path: '^src/.+/(http|jobs)/', pathNot: '^src/platform/' } },
    between('people', []),
    between('segments', ['people']),
    between('delivery', ['people']),
    between('campaigns', ['people', 'segments', 'delivery', 'analytics']),
    { name: 'campaigns-take-only-rules', severity: 'error', comment: 'planning of experiments and the rule of the verdict', from: { path: '^src/campaigns/' }, to: { path: '^src/analytics/(?!domain/)' } },
    // What a bounce was is decided by the one reader of servers' words.
    between('analytics', ['segments', 'delivery/returns/domain']),
    between('access', []),
    between('dashboard', ['access']),
    between('sample', ['people']),
    // Alarms tell what home says needs somebody; retention says which conditions look further back than events are kept.
    between('operations', ['analytics/home', 'segments/domain']),
    between('files', ['people', 'segments', 'delivery', 'campaigns']),
    between('visitors', ['people', 'segments', 'delivery', 'campaigns', 'access']),
    { name: 'the-wire-is-types-alone', severity: 'error', comment: 'the browser SDK imports it', from: { path: '^src/contract/visitor-wire' }, to: { path: '.' } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, enhancedResolveOptions: { extensions: ['.ts', '.js'] } },
};
