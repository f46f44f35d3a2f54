import { Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { useMe } from '../../lib/me.ts';
import { useReason } from '../../lib/reasons.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { ActButton } from '../settings/kit/parts.tsx';

export type Asker = Api<'FeatureAsker'>;
const nameOf = ({ name, email, externalId, personId }: Asker) => name ?? email ?? externalId ?? personId.slice(0, 8);

/** Who asked, what they said, who took them, and what became of it. */
export function Askers({ featureKey: key, canEdit }: { featureKey: string; canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const queries = useQueryClient();
  const list = useList(['feature', key, 'people'], (after) => answer(api.GET('/v1/features/{key}/people', { params: { path: { key }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  const take = async (people: string[] | 'untaken') => {
    await api.POST('/v1/features/{key}/take', { params: { path: { key } }, body: { people } });
    await queries.invalidateQueries({ queryKey: ['feature', key] });
  };
  // A key is no colleague: only who signed in takes requests.
  const mayTake = canEdit && me?.kind === 'user';
  return (
    <>
      {mayTake && list.items.some(({ takenBy }) => takenBy === null) && <Group><ActButton label={t('features.takeAll')} onAct={() => take('untaken')} /></Group>}
      <Listing
        caption={t('features.people')} list={list} keyOf={({ personId }) => personId} empty={{ title: t('features.noPeople'), hint: t('features.noPeopleHint') }} columns={[
          { key: 'person', label: t('features.person'), cell: (one) => <><TextLink to="/people/$id" params={{ id: one.personId }} fw={600} size="sm">{nameOf(one)}</TextLink><Text size="xs" c="dimmed">{format.day(one.askedAt)}</Text></> },
          { key: 'words', label: t('features.words'), cell: (one) => <Quotes quotes={one.quotes} requests={one.requests} /> },
          { key: 'taker', label: t('features.taker'), cell: (one) => one.takenBy?.name ?? (mayTake ? <ActButton label={t('features.take')} name={t('features.takeOf', { name: nameOf(one) })} onAct={() => take([one.personId])} /> : t('state.none')) },
          { key: 'became', label: t('features.became'), cell: (one) => <Became outcome={one} /> },
        ]}
      />
    </>
  );
}

/** What somebody said, the last first. */
export function Quotes({ quotes, requests }: { quotes: Asker['quotes']; requests?: number }) {
  const { t } = useTranslation();
  const said = quotes.filter(({ words }) => words !== null);
  const more = (requests ?? quotes.length) - quotes.length;
  if (said.length === 0) return <Text size="sm" c="dimmed">{t('features.noWords')}</Text>;
  return (
    <Stack gap={4} maw={460}>
      {said.map(({ id, words, source }) => <Text key={id} size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>“{words}” <Text span size="xs" c="dimmed">{t(`features.source.${source}`)}</Text></Text>)}
      {more > 0 && <Text size="xs" c="dimmed">{t('features.moreQuotes', { count: more })}</Text>}
    </Stack>
  );
}

/** Told, opened, used; or why not. */
export function Became({ outcome: { state, reason, toldAt, openedAt, usedAt } }: { outcome: Pick<Asker, 'state' | 'reason' | 'toldAt' | 'openedAt' | 'usedAt'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useReason();
  return (
    <Stack gap={2}>
      <Text size="sm">{t(`features.outcome.${state}`, { at: toldAt ? format.day(toldAt) : '' })}</Text>
      {reason && <Text size="xs" c="dimmed">{say(reason)}</Text>}
      {openedAt && <Text size="xs" c="dimmed">{t('features.openedAt', { at: format.day(openedAt) })}</Text>}
      {usedAt && <Text size="xs" fw={600}>{t('features.usedAt', { at: format.day(usedAt) })}</Text>}
    </Stack>
  );
}
