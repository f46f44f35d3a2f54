import { Alert, Text } from '@mantine/core';
import { useSaid } from '../../lib/said.ts';
import type { Api } from '../../lib/api.ts';
import type { Problem } from '../in-app/place.ts';

export type Finding = Api<'CampaignCheck'>['findings'][number];

/** Places that have a field, which says itself what is wrong with it. */
const FIELD = /^display\.(page\.((include|exclude)\.\d+\.pattern|query\.\d+\.(name|value)|visits\.max|(referrer|languages)\.\d+|utm\.\w+)|trigger\.(seconds|percent|idle)|frequency(\.times)?|cap|priority|schedule\.(from|until|hours\.(from|to)))$|^goals\.\d+\.name$/;

/** Which part of the page a finding belongs to. */
export type Section = 'where' | 'when' | 'who' | 'often' | 'message' | 'goals' | 'other';
export function sectionOf({ path }: Pick<Finding, 'path'>): Section {
  if (path.startsWith('display.page')) return 'where';
  if (path.startsWith('display.trigger')) return 'when';
  if (path.startsWith('display')) return 'often';
  if (path.startsWith('audience')) return 'who';
  if (path.startsWith('goals') || path.startsWith('message.test')) return 'goals';
  return path.startsWith('message') ? 'message' : 'other';
}

export function useProblems(findings: readonly Finding[]): Problem[] {
  const say = useSaid();
  return findings.filter(({ severity }) => severity === 'error').map((finding) => ({ path: finding.path, message: say(finding) }));
}

/** What is wrong or doubtful in a part of the page, apart from what its fields say themselves. */
export function Findings({ findings, section, besides }: { findings: readonly Finding[]; section: Section; besides?: (finding: Finding) => boolean }) {
  const say = useSaid();
  const here = findings.filter((finding) => sectionOf(finding) === section && !(finding.severity === 'error' && FIELD.test(finding.path)) && !besides?.(finding));
  return here.map((finding) => <Alert key={finding.path + finding.code} variant="light" color={finding.severity === 'error' ? 'red' : 'orange'} role="status" py={6}><Text size="sm">{say(finding)}</Text></Alert>);
}
