import { Alert, Button, Card, Code, CopyButton, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem } from '../../../lib/api.ts';

/** One matter of a page of settings: its name, what it is for, and the rest. */
export function Section({ title, hint, actions, bare = false, children }: { title: string; hint?: ReactNode; actions?: ReactNode; /** Around a list, which has a border of its own. */ bare?: boolean; children: ReactNode }) {
  const inside = (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 280px' }}><Title order={2} size="h4">{title}</Title>{hint && <Text size="sm" c="dimmed" component="div" maw={720}>{hint}</Text>}</div>
        {actions}
      </Group>
      {children}
    </Stack>
  );
  return bare ? <section aria-label={title}>{inside}</section> : <Card withBorder component="section" aria-label={title}>{inside}</Card>;
}

/** A text to paste elsewhere. @param name says what is copied, for who does not see it beside @param value what is copied, when it is more than what is shown */
export function CopyLine({ text, name, value = text, block = false }: { text: string; name: string; value?: string; block?: boolean }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" wrap="nowrap" align={block ? 'flex-start' : 'center'}>
      <Code block={block} tabIndex={block ? 0 : undefined} style={{ overflowWrap: 'anywhere', minWidth: 0, flex: block ? 1 : undefined, whiteSpace: block ? 'pre-wrap' : undefined }}>{text}</Code>
      <CopyButton value={value}>{({ copied, copy }) => <Button size="compact-xs" variant="default" style={{ flexShrink: 0 }} aria-label={`${copied ? t('state.copied') : t('settings.copy')}: ${name}`} onClick={copy}>{copied ? t('state.copied') : t('settings.copy')}</Button>}</CopyButton>
    </Group>
  );
}

export interface Secret { title: string; name: string; value: string; hint: string }

/** What is told this once. It is not closed by a click beside it. */
export function OnceSecret({ secret, onClose }: { secret: Secret | null; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={secret !== null} onClose={onClose} title={secret?.title} size="lg" closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
      {secret && (
        <Stack>
          <Alert color="orange" title={t('settings.once.title')}>{secret.hint}</Alert>
          <CopyLine block text={secret.value} name={secret.name} />
          <Group justify="flex-end"><Button data-autofocus onClick={onClose}>{t('settings.once.kept')}</Button></Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Why there are no buttons here, and whom to ask. */
export function OwnersNote({ text }: { text: string }) {
  const { t } = useTranslation();
  const owners = useQuery({ queryKey: ['owners'], queryFn: () => answer(api.GET('/v1/me/owners')), staleTime: 60_000 });
  return (
    <Alert color="gray" variant="light" title={text}>
      {owners.data && owners.data.items.length > 0 && <Text size="sm">{t('settings.ask', { names: owners.data.items.map(({ name, email }) => `${name} (${email})`).join(', ') })}</Text>}
    </Alert>
  );
}

/** Does something that was clicked; why it was refused is said beside the button. */
export function useAct(): { busy: boolean; refusal: string; act(what: () => Promise<unknown>): Promise<boolean> } {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal('');
    try {
      await what();
      return true;
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, refusal, act };
}

/** A button that does one thing at once; see {@link useAct}. */
export function ActButton({ label, name, onAct, variant = 'default', size = 'xs' }: { label: string; /** Said to who does not see what it stands beside. */ name?: string; onAct(): Promise<unknown>; variant?: string; size?: string }) {
  const { busy, refusal, act } = useAct();
  return (
    <>
      <Button size={size} variant={variant} loading={busy} aria-label={name} onClick={() => { void act(onAct); }}>{label}</Button>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </>
  );
}

/** A dialog that makes or changes one thing. */
export function Dialog({ opened, title, onClose, children, size = 'md' }: { opened: boolean; title: string; onClose(): void; children: ReactNode; size?: string }) {
  const { t } = useTranslation();
  return <Modal opened={opened} onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': t('confirm.close') }}>{opened && children}</Modal>;
}

/** A secret that no key of the installation opens: what stands still meanwhile, and what to do. */
export function SecretLost({ of }: { of: 'relay' | 'endpoint' | 'provider' | 'domain' }) {
  const { t } = useTranslation();
  return <Alert color="red" title={t('settings.secretLost.title')} role="alert"><Text size="sm">{t('settings.secretLost.why')} {t(`settings.secretLost.${of}`)}</Text></Alert>;
}
