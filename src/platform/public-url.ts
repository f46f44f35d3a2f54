/** Where people's browsers reach this service: the base of every tracked link. Known once HTTP listens. */
export class PublicUrl {
  private base = '';

  /** Without a slash at the end. */
  get value(): string {
    return this.base;
  }

  set(url: string): void {
    this.base = url.replace(/\/+$/, '');
  }
}
