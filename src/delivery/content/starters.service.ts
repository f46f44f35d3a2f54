import { Injectable } from '@nestjs/common';
import { readdir, readFile } from 'node:fs/promises';
import { EmailContent } from '../../contract/message.js';
import { notFound } from '../../kernel/errors.js';
import { TEMPLATES } from './layouts.js';

export const STARTER_LANGUAGES = ['en', 'ko'] as const;
export type StarterLanguage = (typeof STARTER_LANGUAGES)[number];
type Said = Record<StarterLanguage, string>;

/** A starter as its file has it. */
interface StarterFile {
  key: string;
  name: Said;
  description: Said;
  /** Data with which every part of it shows something. */
  sample: { person: Record<string, unknown>; event?: Record<string, unknown> };
  content: Record<StarterLanguage, { subject: string; preheader: string; layout: string; body: string }>;
}

export interface Starter extends Omit<StarterFile, 'content'> {
  /** Ready to be the content of a draft: the language asked for is the message itself, the other its translation. */
  content: EmailContent;
}

/** Messages to begin with. They come with the program and never change while it runs. */
@Injectable()
export class Starters {
  private files: Promise<StarterFile[]> | null = null;

  async list(): Promise<Pick<StarterFile, 'key' | 'name' | 'description'>[]> {
    return (await this.all()).map(({ key, name, description }) => ({ key, name, description }));
  }

  async one(key: string, language: StarterLanguage): Promise<Starter> {
    const file = (await this.all()).find((one) => one.key === key);
    if (!file) throw notFound('starter', key);
    const { content, ...rest } = file;
    const translations = Object.fromEntries(STARTER_LANGUAGES.filter((other) => other !== language).map((other) => {
      const { layout: _layout, ...texts } = content[other];
      return [other, texts];
    }));
    return { ...rest, content: EmailContent.parse({ ...content[language], language, translations }) };
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
