/** A line of a guide that its test does not run. @property by the file that runs it @property saying words of that file that do @property page the only page it may stand in, whose absence takes the entry along */
export interface RunElsewhere { line: string; why: string; by?: string; saying?: string; page?: string }

const roles = { page: 'docs/operations/database-roles.md', why: 'changes roles of the whole database server', by: 'test/http/database-roles.test.ts' };

/** Lines of guides, to the letter, that are run by something else, or can not be run where tests are. Anything that is not here is run. */
export const ELSEWHERE: RunElsewhere[] = [
  { line: 'npm ci && npm start', why: 'installs and starts for good; the start is that of every crash test', by: '.ci/run', saying: 'npm ci' },
  { line: 'npm ci && npm test', why: 'is this very run', by: '.ci/run', saying: 'npm ci && npm test' },
  { line: 'danbi POST "/v1/relays/$RELAY/test"', why: 'asks a mail server of the reader', by: 'test/http/delivery-relays.test.ts', saying: '/test' },
  { line: 'danbi POST "/v1/sending-domains/$DOMAIN/check"', why: "asks the reader's DNS", by: 'test/http/sending-domains.test.ts', saying: '/check' },
  { line: 'export DANBI_URL=https://staging.danbi.example.com DANBI_KEY=…   # a server key of role marketer (Settings → API keys)', why: 'names the installation of the reader; the test gives its own' },
  { line: 'npm run --silent danbi -- apply ./campaigns            # make it so, after asking', why: 'asks somebody at a terminal', by: 'test/http/files-cli.test.ts', saying: 'Nobody is here to be asked' },
  { line: "git add campaigns && git commit -m 'Ask on day three' && git push      # review it", why: 'is the repository of the reader' },
  { line: 'npm run db:distribute', why: 'asks the database of the reader', by: 'test/db/distribution.test.ts', saying: 'distributionOf', page: 'docs/operations/growth.md' },
  ...[
    'export DATABASE_URL=postgres://owner:…@db/danbi   # the owner',
    'npm run db:roles                         # schema up to date, groups and rights',
    'npm run db:roles -- --service service_1  # prints the DATABASE_URL of the service, once',
    'npm run db:roles -- --backup nightly_dump',
    'npm run db:roles -- --remove service_1   # a login that is no longer used',
  ].map((line) => ({ ...roles, line })),
  { line: 'npm run db:analyst -- --create minji      # prints a connection address with a password, once', why: 'makes a role of the whole database server', by: 'test/http/analyst-views.test.ts', saying: 'createAnalyst(', page: 'docs/analyst-views.md' },
  { line: 'npm run db:analyst -- --remove minji', why: 'removes a role of the whole database server', by: 'test/http/analyst-views.test.ts', saying: 'removeAnalyst(', page: 'docs/analyst-views.md' },
  { line: 'npm run rotate-keys', why: 'changes the key that the other tests of the process seal with', by: 'test/http/secrets-at-rest.test.ts', saying: 'rotateKeys(', page: 'docs/secrets.md' },
  { line: 'npm run secrets -- check                   # which secrets can not be opened; changes nothing', why: 'removes secrets for good', by: 'test/http/secrets-at-rest.test.ts', saying: 'findLost(' },
  { line: 'npm run secrets -- forget-lost --agree 12  # removes those 12, with an entry in the audit log', why: 'removes secrets for good', by: 'test/http/secrets-at-rest.test.ts', saying: 'forgetLost(' },
];
