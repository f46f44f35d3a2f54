import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { ROLES } from './abilities.ts';
import { Section, useAct } from './kit/parts.tsx';
import { RemoveButton } from './kit/removal.tsx';

/** Whether one's own sign-in asks for a code. It is set up on a page of its own, which is there before the dashboard may be seen. */
export function SecondFactor() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ queryKey: ['second-factor'], queryFn: () => answer(api.GET('/v1/me/second-factor')) });
  if (found.isPending) return <Loading rows={2} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { on, since, recoveryCodesLeft, required } = found.data;
  return (
    <Section title={t('settings.factor.title')} hint={t('settings.factor.hint')}>
      <Text size="sm">{on && since !== null ? t('settings.factor.on', { day: format.day(since), count: recoveryCodesLeft }) : t(required ? 'settings.factor.offRequired' : 'settings.factor.off')}</Text>
      <Group><Button component="a" href="/second-factor" variant={on ? 'default' : 'filled'}>{t(on ? 'settings.factor.manage' : 'settings.factor.setUp')}</Button></Group>
    </Section>
  );
}

/** For owners: the roles that may not do without. */
export function FactorRule() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const rule = useQuery({ queryKey: ['second-factor-rule'], queryFn: () => answer(api.GET('/v1/second-factor-rule')) });
  const { busy, refusal, act } = useAct();
  if (!rule.data) return null;
  const choose = (roles: string[]) => act(async () => { queries.setQueryData(['second-factor-rule'], await answer(api.PUT('/v1/second-factor-rule', { body: { roles: ROLES.filter((role) => roles.includes(role)) } }))); });
  return (
    <Section title={t('settings.factor.rule')} hint={t('settings.factor.ruleHint')}>
      <Checkbox.Group value={rule.data.roles} onChange={(roles) => { void choose(roles); }}>
        <Stack gap="xs">{ROLES.map((role) => <Checkbox key={role} value={role} disabled={busy} label={t(`settings.roles.${role}`)} />)}</Stack>
      </Checkbox.Group>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Section>
  );
}

/** For owners, when somebody lost their telephone and their recovery codes. */
export function FactorReset({ user, onReset }: { user: Api<'User'>; onReset(): Promise<unknown> }) {
  const { t } = useTranslation();
  const name = t('settings.factor.resetOf', { name: user.name });
  return <RemoveButton title={name} name={name} text={t('settings.factor.resetText')} action={t('settings.factor.reset')} onRemove={onReset} />;
}
