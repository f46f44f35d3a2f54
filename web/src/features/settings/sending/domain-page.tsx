import { Badge, Fieldset, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, mayEdit, useMe } from '../../../lib/me.ts';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, OwnersNote, SecretLost, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { DnsRows } from './dns-rows.tsx';
import { DomainStatus } from './domain-status.tsx';
import { SenderFields } from './domains.tsx';

const route = getRouteApi('/settings/sending/domains/$id');
type Domain = Api<'SendingDomain'>;

/** One domain: what DNS must say and does say, the keys that sign, who the mail is from. */
export function DomainPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { id } = route.useParams();
  const path = { params: { path: { id } } };
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ['sending-domain', id], queryFn: () => answer(api.GET('/v1/sending-domains/{id}', path)) });
  const records = useQuery({ queryKey: ['sending-domain-records', id], queryFn: () => answer(api.GET('/v1/sending-domains/{id}/records', path)) });
  if (me === undefined || found.isPending || records.isPending) return <Loading />;
  if (!found.data || !records.data) return <ErrorPanel error={found.error ?? records.error} onRetry={() => { void found.refetch(); void records.refetch(); }} />;
  const domain = found.data;
  const changed = (next: Domain) => {
    queries.setQueryData(['sending-domain', id], next);
    void queries.invalidateQueries({ queryKey: ['sending-domain-records', id] });
    void queries.invalidateQueries({ queryKey: ['sending-domains'] });
  };
  const remove = async () => {
    await api.DELETE('/v1/sending-domains/{id}', { params: { path: { id }, query: { confirm: domain.domain } } });
    void queries.invalidateQueries({ queryKey: ['sending-domains'] });
    await navigate({ to: '/settings/sending', search: { tab: 'domains' } });
  };
  return (
    <Page title={domain.domain} note={<Group gap="xs"><TextLink to="/settings/sending" search={{ tab: 'domains' }} underline="always">{t('sending.tabs.domains')}</TextLink><DomainStatus status={domain.status} secretLost={domain.secretLost} />{domain.isDefault && <Badge variant="light" color="gray">{t('sending.domains.default')}</Badge>}</Group>} actions={isOwner(me) && <ConfirmButton title={t('settings.removeOf', { name: domain.domain })} action={t('settings.remove')} typed={domain.domain} onConfirm={remove}>{t('sending.domains.removeText')}</ConfirmButton>}>
      {!isOwner(me) && <OwnersNote text={t('settings.ownersChange')} />}
      {domain.secretLost && <SecretLost of="domain" />}
      <DnsRows domain={domain} records={records.data.items} canCheck={mayEdit(me)} onChecked={changed} />
      <Keys domain={domain} canEdit={isOwner(me)} onChanged={changed} />
      <Sender domain={domain} canEdit={isOwner(me)} onChanged={changed} />
    </Page>
  );
}

const KEY_COLOURS = { next: 'orange', active: 'green', retired: 'gray' } as const;

/** Which key signs; the next one is made beside it, and takes over when DNS shows it. */
function Keys({ domain, canEdit, onChanged }: { domain: Domain; canEdit: boolean; onChanged(next: Domain): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isUnseen, setUnseen] = useState(false);
  const path = { params: { path: { id: domain.id } } };
  const hasNext = domain.keys.some(({ state }) => state === 'next');
  const switchOver = async (unseen: boolean) => {
    try {
      await api.POST('/v1/sending-domains/{id}/switch', { ...path, body: { unseen } });
      setUnseen(false);
    } catch (error) {
      setUnseen(true);
      throw error;
    }
    // What DNS says of the key that signs now.
    onChanged((await answer(api.POST('/v1/sending-domains/{id}/check', path))).domain);
  };
  return (
    <Section title={t('sending.keys.title')} hint={t('sending.keys.hint')}>
      <Stack gap="xs">
        {domain.keys.map(({ selector, state, createdAt }) => (
          <Group key={selector} gap="sm">
            <Text size="sm" fw={600}>{selector}</Text>{state === 'active' && domain.secretLost ? <Badge variant="light" color="red">{t('settings.secretLost.badge')}</Badge> : <Badge variant="light" color={KEY_COLOURS[state]}>{t(`sending.keys.states.${state}`)}</Badge>}<Text size="xs" c="dimmed">{t('settings.made', { when: format.day(createdAt) })}</Text>
            {canEdit && state !== 'active' && <RemoveButton title={t('settings.removeOf', { name: selector })} name={t('settings.removeOf', { name: selector })} text={t('sending.keys.removeText')} onRemove={async () => { onChanged(await answer(api.DELETE('/v1/sending-domains/{id}/keys/{selector}', { params: { path: { id: domain.id, selector } } }))); }} />}
          </Group>
        ))}
      </Stack>
      {canEdit && (
        <Group gap="xs">
          {hasNext ? <ActButton variant="filled" label={t('sending.keys.switch')} onAct={() => switchOver(false)} /> : <ActButton label={t('sending.keys.rotate')} onAct={async () => { onChanged(await answer(api.POST('/v1/sending-domains/{id}/rotate', { ...path, body: {} }))); }} />}
          {hasNext && isUnseen && <RemoveButton action={t('sending.keys.switchUnseen')} name={t('sending.keys.switchUnseen')} title={t('sending.keys.switchUnseen')} text={t('sending.keys.unseenText')} onRemove={() => switchOver(true)} />}
        </Group>
      )}
    </Section>
  );
}

function Sender({ domain, canEdit, onChanged }: { domain: Domain; canEdit: boolean; onChanged(next: Domain): void }) {
  const { t } = useTranslation();
  const { form, submit, ...state } = useSavedForm({
    initial: { fromName: domain.fromName, fromLocal: domain.fromLocal, bounceDomain: domain.bounceDomain ?? '' },
    save: async ({ bounceDomain, ...rest }) => {
      onChanged(await answer(api.PATCH('/v1/sending-domains/{id}', { params: { path: { id: domain.id } }, body: { ...rest, bounceDomain: (bounceDomain.trim() === '' ? null : bounceDomain.trim()) as string } })));
    },
  });
  return (
    <Section title={t('sending.domains.sender')} actions={canEdit && !domain.isDefault && <ActButton label={t('sending.domains.makeDefault')} onAct={async () => { onChanged(await answer(api.PATCH('/v1/sending-domains/{id}', { params: { path: { id: domain.id } }, body: { isDefault: true } }))); }} />}>
      <form onSubmit={submit} noValidate><Fieldset variant="unstyled" disabled={!canEdit}><Stack maw={480}><SenderFields props={(name) => form.getInputProps(name)} />{canEdit && <SaveBar {...state} />}</Stack></Fieldset></form>
    </Section>
  );
}
