import { Alert, Code, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';

type Shown = Api<'CampaignPreview'>['items'][number];

/** A message as one person would get it, or why they would get nothing. */
export function Rendered({ item }: { item: Shown }) {
  const { t } = useTranslation();
  return (
    <>
      {item.problems.length > 0 && <Alert color="red" variant="light" title={t('walk.nothing')}>{item.problems.map(({ path, code, message }) => <Text key={path + code} size="sm">{message}</Text>)}</Alert>}
      {item.email && <Email email={item.email} />}
      {item.display && <InApp display={item.display} title={item.inApp?.title ?? ''} />}
      {item.payload !== null && item.payload !== undefined && <Code block tabIndex={0}>{JSON.stringify(item.payload, null, 2)}</Code>}
    </>
  );
}

function Email({ email }: { email: NonNullable<Shown['email']> }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text fw={600}>{email.subject}</Text>
      {email.preheader && <Text size="sm" c="dimmed">{email.preheader}</Text>}
      <iframe title={t('walk.email', { subject: email.subject })} sandbox="" srcDoc={email.html} style={{ width: '100%', height: 420, border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, background: '#fff', colorScheme: 'light', marginTop: 8 }} />
    </div>
  );
}

/** On the page of the SDK itself, which has an origin of its own and is sent what to display. */
function InApp({ display, title }: { display: NonNullable<Shown['display']>; title: string }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const hear = ({ data, source }: MessageEvent<{ danbi?: string; event?: string } | null>) => {
      if (source === frame.current?.contentWindow && data?.danbi === 'preview' && data.event === 'ready') setReady(true);
    };
    addEventListener('message', hear);
    return () => { removeEventListener('message', hear); };
  }, []);
  useEffect(() => {
    // Its origin is opaque, so none can be named; the page holds nothing of anybody.
    if (ready) frame.current?.contentWindow?.postMessage({ danbi: 'preview', message: display }, '*');
  }, [ready, display]);
  return <iframe ref={frame} title={t('walk.inApp', { title })} src="/preview/in-app" sandbox="allow-scripts allow-forms allow-popups" style={{ width: '100%', height: 420, border: '1px solid var(--mantine-color-default-border)', borderRadius: 8 }} />;
}
