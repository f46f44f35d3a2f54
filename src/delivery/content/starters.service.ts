import { Injectable } from '@nestjs/common';
import { readdir, readFile } from 'node:fs/promises';
import type { EmailBlocks } from '../../contract/email-blocks.js';
import { EmailContent, InAppContent } from '../../contract/message.js';
import { notFound } from '../../kernel/errors.js';
import { TEMPLATES } from './layouts.js';

export const STARTER_LANGUAGES = ['en', 'ko'] as const;
export type StarterLanguage = (typeof STARTER_LANGUAGES)[number];
type Said = Record<StarterLanguage, string>;

interface StarterLine { key: string; name: Said; description: Said }

/** Data with which every part of it shows something. */
interface Sample { person: Record<string, unknown>; event?: Record<string, unknown> }

/** A starter as its file has it; without a channel it is an e-mail. In-app ones say once what is the same in both languages. */
type StarterFile = StarterLine & { sample: Sample } & (
  | { channel?: 'email'; content: Record<StarterLanguage, { subject: string; preheader: string; layout: string; blocks: EmailBlocks }> }
  | { channel: 'in_app'; message: { survey?: object; [setting: string]: unknown }; content: Record<StarterLanguage, { survey?: object; [text: string]: unknown }> });

/** Ready to be the content of a draft: the language asked for is the message itself, the other its translation. */
export type Starter = StarterLine & { sample: Sample } & ({ channel: 'email'; content: EmailContent } | { channel: 'in_app'; content: InAppContent });

/** Messages to begin with. They come with the program and never change while it runs. */
@Injectable()
export class Starters {
  private files: Promise<StarterFile[]> | null = null;

  async list(): Promise<(StarterLine & { channel: Starter['channel'] })[]> {
    return (await this.all()).map(({ key, channel = 'email', name, description }) => ({ key, channel, name, description }));
  }

  async one(key: string, language: StarterLanguage): Promise<Starter> {
    const file = (await this.all()).find((one) => one.key === key);
    if (!file) throw notFound('starter', key);
    const { name, description, sample } = file;
    const line = { key, name, description, sample };
    return file.channel === 'in_app' ? { ...line, channel: 'in_app', content: inAppOf(file, language) } : { ...line, channel: 'email', content: emailOf(file, language) };
  }

  private all(): Promise<StarterFile[]> {
    this.files ??= readAll();
    return this.files;
  }
}

async function readAll(): Promise<StarterFile[]> {
  const folder = `${TEMPLATES}starters/`;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(folder + name, 'utf8')) as StarterFile));
}

const others = <T>(language: StarterLanguage, content: Record<StarterLanguage, T>): Record<string, T> =>
  Object.fromEntries(STARTER_LANGUAGES.filter((other) => other !== language).map((other) => [other, content[other]]));

function emailOf({ content }: Exclude<StarterFile, { channel: 'in_app' }>, language: StarterLanguage): EmailContent {
  const translations = Object.fromEntries(Object.entries(others(language, content)).map(([other, { layout: _layout, ...texts }]) => [other, texts]));
  return EmailContent.parse({ ...content[language], language, translations });
}

function inAppOf({ message, content }: Extract<StarterFile, { channel: 'in_app' }>, language: StarterLanguage): InAppContent {
  const own = content[language];
  return InAppContent.parse({ ...message, ...own, ...(message.survey ? { survey: { ...message.survey, ...own.survey } } : {}), language, translations: others(language, content) });
}
