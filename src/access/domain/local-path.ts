/** Where to go after signing in: a path of this service, or the home page. `//host` and `/\host` lead elsewhere in browsers. */
export function localPath(wanted: string | undefined): string {
  return wanted !== undefined && wanted.length <= 2_000 && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted) ? wanted : '/';
}
