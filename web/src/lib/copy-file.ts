import { answer, api } from './api.ts';

/** Puts the file of one campaign or segment on the clipboard. */
export async function copyAsFile(kind: 'campaign' | 'segment', id: string): Promise<void> {
  const { files } = await answer(api.GET('/v1/files', { params: { query: { kind, id } } }));
  await navigator.clipboard.writeText(files[0]!.content);
}
