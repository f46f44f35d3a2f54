import { Badge, Button, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { isOwner, roleOf, useMe } from '../../lib/me.ts';
import { IconPlus } from '../../ui/icons.ts';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { Loading } from '../../ui/states.tsx';
import { ABILITIES, ROLES } from './abilities.ts';
import { Dialog, OnceSecret, OwnersNote, Section, type Secret } from './kit/parts.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';
import { FactorRule } from './second-factor.tsx';
import { Colleague } from './team-actions.tsx';

type User = Api<'User'>;

/** Who may sign in and what they may do. */
export function TeamPage() {
  const { t } = useTranslation();
  const me = useMe();
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<Secret | null>(null);
  if (me === undefined) return <Loading />;
  const handOver = ({ user, inviteUrl }: Api<'Invitation'>) => { setLink({ title: t('settings.team.linkFor', { name: user.name }), name: t('settings.team.link'), value: inviteUrl, hint: t('settings.team.linkHint', { email: user.email }) }); };
  return (
    <Page title={t('settings.places.team')} note={t('settings.team.yours', { role: t(`settings.roles.${roleOf(me)!}`) })} actions={isOwner(me) && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setInviting(true); }}>{t('settings.team.invite')}</Button>}>
      {isOwner(me) ? <><Users onLink={handOver} /><FactorRule /></> : <OwnersNote text={t('settings.team.ownersOnly')} />}
      <Roles />
      <Dialog opened={isInviting} onClose={() => { setInviting(false); }} title={t('settings.team.invite')}><Invite onDone={(invitation) => { setInviting(false); if (invitation) handOver(invitation); }} /></Dialog>
      <OnceSecret secret={link} onClose={() => { setLink(null); }} />
    </Page>
  );
}

function Users({ onLink }: { onLink(invitation: Api<'Invitation'>): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['users', 'pages'], (after) => answer(api.GET('/v1/users', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('settings.places.team')} list={list} keyOf={({ id }) => id} empty={{ title: t('settings.team.empty'), hint: '' }} columns={[
      { key: 'name', label: t('settings.name'), cell: ({ name, email }) => <><Text size="sm" fw={600}>{name}</Text><Text size="xs" c="dimmed">{email}</Text></> },
      { key: 'role', label: t('settings.team.role'), cell: ({ role }) => t(`settings.roles.${role}`) },
      { key: 'state', label: t('settings.state'), cell: ({ state }) => <Badge variant="light" color={STATE_COLOURS[state]}>{t(`settings.team.states.${state}`)}</Badge> },
      { key: 'factor', label: t('settings.factor.column'), cell: ({ secondFactor }) => <Text size="sm" c={secondFactor ? undefined : 'dimmed'}>{t(secondFactor ? 'settings.factor.isOn' : 'settings.factor.isOff')}</Text> },
      { key: 'since', label: t('settings.team.since'), cell: ({ createdAt }) => format.day(createdAt) },
      { key: 'actions', label: t('settings.actions'), cell: (user) => <Colleague user={user} onLink={onLink} /> },
    ]} />
  );
}

const STATE_COLOURS = { active: 'green', invited: 'orange', disabled: 'gray' } as const satisfies Record<User['state'], string>;

/** An address, a name and a role; the link that lets them choose a password is handed over by the owner. */
function Invite({ onDone }: { onDone(invitation: Api<'Invitation'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<{ email: string; name: string; role: User['role'] }>({
    initial: { email: '', name: '', role: 'marketer' }, inDialog: true,
    checks: { email: (value) => (value.includes('@') ? null : t('settings.badEmail')), name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async (body) => {
      const invitation = await answer(api.POST('/v1/users', { body }));
      void queries.invalidateQueries({ queryKey: ['users'] });
      onDone(invitation);
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus type="email" label={t('settings.email')} maxLength={254} {...form.getInputProps('email')} />
        <TextInput label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        <Select label={t('settings.team.role')} description={t(`settings.roleHints.${form.values.role}`)} allowDeselect={false} data={ROLES.map((value) => ({ value, label: t(`settings.roles.${value}`) }))} {...form.getInputProps('role')} />
        <SaveBar {...state} label={t('settings.team.makeLink')} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}

/** Every ability beside every role, in words and not by a mark alone. */
function Roles() {
  const { t } = useTranslation();
  return (
    <Section title={t('settings.team.can')} hint={t('settings.team.canHint')}>
      <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('settings.team.can') } }}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th scope="col">{t('settings.team.ability')}</Table.Th>{ROLES.map((role) => <Table.Th key={role} scope="col">{t(`settings.roles.${role}`)}</Table.Th>)}</Table.Tr></Table.Thead>
          <Table.Tbody>{ABILITIES.map(({ key, roles }) => (
            <Table.Tr key={key}><Table.Th scope="row" fw={400}>{t(`settings.abilities.${key}`)}</Table.Th>{ROLES.map((role) => <Table.Td key={role}>{roles.some((one) => one === role) ? <Text span size="sm" fw={600}>✓ {t('settings.yes')}</Text> : <Text span size="sm" c="dimmed">✗ {t('settings.no')}</Text>}</Table.Td>)}</Table.Tr>
          ))}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group gap="xs">{ROLES.map((role) => <Text key={role} size="xs" c="dimmed"><b>{t(`settings.roles.${role}`)}</b>: {t(`settings.roleHints.${role}`)}</Text>)}</Group>
    </Section>
  );
}
