import { Badge, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { IconCheck, IconX } from '../../ui/icons.ts';
import type { PageRule } from './auto-message.ts';

const PAUSE_MS = 250;
type Part = Api<'PageTested'>['parts'][number];

/** Whether an address fits, and if not, why: asked of the matcher that visitors' browsers run. */
export function UrlTester({ page, url, onUrl }: { page: PageRule; url: string; onUrl(url: string): void }) {
  const { t } = useTranslation();
  const given = url.trim() === '' || /^https?:\/\//i.test(url.trim()) ? url.trim() : `https://${url.trim()}`;
  const [text] = useDebouncedValue(given === '' ? '' : JSON.stringify({ page: written(page), url: given }), PAUSE_MS);
  const tested = useQuery({ queryKey: ['page-test', text], queryFn: ({ signal }) => answer(api.POST('/v1/page-rules/test', { body: JSON.parse(text) as Api<'PageTest'>, signal })), enabled: text !== '', placeholderData: keepPreviousData, retry: false, staleTime: 60_000 });
  const problem = tested.error instanceof ApiProblem ? tested.error : null;
  return (
    <Stack gap="xs" component="section" aria-label={t('autoMessages.tester.title')}>
      <TextInput label={t('autoMessages.tester.title')} description={t('autoMessages.tester.hint')} placeholder="https://example.com/pricing" value={url} onChange={(event) => { onUrl(event.currentTarget.value); }} error={problem && (problem.problems.find(({ path }) => path === 'url')?.message ?? problem.message)} />
      {text !== '' && tested.data && !problem && <Verdict page={written(page)} tested={tested.data} />}
    </Stack>
  );
}

function Verdict({ page, tested }: { page: PageRule; tested: Api<'PageTested'> }) {
  const { t } = useTranslation();
  const say = useParts(page);
  const { matches, address, parts } = tested;
  const included = parts.filter(({ path }) => path.startsWith('include.'));
  const noneFits = included.length > 0 && included.every(({ holds }) => holds === false);
  const against = parts.filter((part) => part.holds === false && (noneFits || !part.path.startsWith('include.')));
  const open = parts.filter(({ holds }) => holds === null);
  return (
    <Stack gap={4} component="output">
      <Group gap="xs">
        <Badge variant="light" color={matches ? 'green' : 'red'} leftSection={matches ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}>{t(matches ? 'autoMessages.tester.yes' : 'autoMessages.tester.no')}</Badge>
        <Text size="xs" c="dimmed">{t('autoMessages.tester.seen', { address })}</Text>
      </Group>
      {against.map((part) => <Text key={part.path} size="sm">{say(part)}{part.problem && ` ${part.problem}`}</Text>)}
      {matches && open.length > 0 && <Text size="sm" c="dimmed">{t('autoMessages.tester.depends', { what: open.map(({ path }) => t(`autoMessages.where.kinds.${path as 'device'}`)).join(', ') })}</Text>}
    </Stack>
  );
}

/** Why a part does not hold. */
function useParts(page: PageRule): (part: Part) => string {
  const { t } = useTranslation();
  return ({ path }) => {
    const [kind, place = ''] = path.split('.');
    const index = Number(place);
    switch (kind) {
      case 'include': return t('autoMessages.tester.include', { pattern: page.include[index]?.pattern ?? '' });
      case 'exclude': return t('autoMessages.tester.exclude', { pattern: page.exclude[index]?.pattern ?? '' });
      case 'query': return t(`autoMessages.tester.query.${page.query[index]?.op ?? 'exists'}`, { name: page.query[index]?.name ?? '', value: page.query[index]?.value ?? '' });
      case 'utm': return t('autoMessages.tester.query.is', { name: `utm_${place}`, value: page.utm[place] ?? '' });
      default: return path;
    }
  };
}

/** The rule without what is not written yet. */
const written = (page: PageRule): PageRule => ({
  ...page, include: page.include.filter(({ pattern }) => pattern.trim() !== ''), exclude: page.exclude.filter(({ pattern }) => pattern.trim() !== ''), query: page.query.filter(({ name }) => name !== ''),
  referrer: page.referrer.filter((one) => one !== ''), languages: page.languages.filter((one) => one !== ''), utm: Object.fromEntries(Object.entries(page.utm).filter(([, value]) => value !== '')),
});
