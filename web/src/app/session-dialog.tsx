import { Anchor, Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../lib/api.ts';
import { signedIn } from '../lib/reach.ts';

type Refusal = 'wrong' | 'wrongCode' | 'tooMany' | 'other' | 'failed';

/** Asked past {@link send}, which would wait for this very dialog. */
async function whoIsSignedIn(): Promise<string | null> {
  const answer = await fetch('/v1/me', { credentials: 'same-origin' }).catch(() => null);
  const me = answer?.ok ? ((await answer.json()) as Api<'Me'>) : null;
  return me?.kind === 'user' ? me.user.email : null;
}

/** The session has ended: over the page, so that nothing typed in it is lost. Signing in in another tab does as well. */
export default function SessionDialog() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = queries.getQueryData<Api<'Me'>>(['me']);
  const known = me?.kind === 'user' ? me.user.email : '';
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  /** Null until the server asks for one. */
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== 'visible') return;
      const now = await whoIsSignedIn();
      if (now === null) return;
      // Whoever else signs in must not go on with what somebody else has typed.
      if (known === '' || now === known) signedIn();
      else setRefusal('other');
    };
    const onLook = () => { void look(); };
    window.addEventListener('focus', onLook);
    document.addEventListener('visibilitychange', onLook);
    return () => { window.removeEventListener('focus', onLook); document.removeEventListener('visibilitychange', onLook); };
  }, [known]);

  const submit = async () => {
    setBusy(true);
    const answer = await fetch('/v1/session', { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json', 'x-danbi-csrf': '1' }, body: JSON.stringify({ email, password, ...(code === null ? {} : { code }) }) }).catch(() => null);
    const { code: why } = answer?.status === 401 ? await answer.json().catch(() => ({})) as { code?: string } : {};
    setBusy(false);
    if (answer?.ok) signedIn();
    else if (why === 'access.code-needed') setCode('');
    else if (why === 'access.wrong-code') setRefusal('wrongCode');
    else setRefusal(answer?.status === 401 ? 'wrong' : answer?.status === 429 ? 'tooMany' : 'failed');
  };
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} zIndex={500} title={t('session.title')}>
      <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <Stack>
          <Text size="sm">{t('session.kept')}</Text>
          <TextInput label={t('session.email')} type="email" autoComplete="username" required withAsterisk={false} value={email} readOnly={known !== ''} onChange={(event) => { setEmail(event.currentTarget.value); }} />
          <PasswordInput data-autofocus label={t('session.password')} autoComplete="current-password" required withAsterisk={false} value={password} visibilityToggleButtonProps={{ 'aria-label': t('session.show') }} onChange={(event) => { setPassword(event.currentTarget.value); setRefusal(null); }} />
          {code !== null && <TextInput label={t('session.code')} autoComplete="one-time-code" required withAsterisk={false} value={code} onChange={(event) => { setCode(event.currentTarget.value); setRefusal(null); }} />}
          {refusal && <Text size="sm" c="red" role="alert">{t(`session.refusals.${refusal}`)}</Text>}
          <Group justify="space-between">
            <Anchor size="sm" href={`/login?next=${encodeURIComponent(location.pathname + location.search)}`}>{t('session.else')}</Anchor>
            <Button type="submit" loading={busy}>{t('session.signIn')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
