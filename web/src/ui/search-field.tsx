import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { IconSearch } from './icons.ts';

const PAUSE_MS = 250;

/** Finds while one types. A syllable that is still being composed is not sent; composed and precomposed Hangul are one. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  // Cleared from outside; what was typed here comes back as it was sent.
  if (value !== sent) {
    setSent(value);
    setText(value);
  }
  const composing = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => { clearTimeout(timer.current); }, []);
  const send = (next: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (composing.current) return;
      const wanted = next.normalize('NFC').trim();
      setSent(wanted);
      onChange(wanted);
    }, PAUSE_MS);
  };
  return (
    <TextInput
      aria-label={label} placeholder={label} value={text} leftSection={<IconSearch size={16} aria-hidden />} type="search" w={{ base: '100%', xs: 280 }}
      onCompositionStart={() => { composing.current = true; }}
      onCompositionEnd={(event) => { composing.current = false; send(event.currentTarget.value); }}
      onChange={(event) => { setText(event.currentTarget.value); send(event.currentTarget.value); }}
    />
  );
}
