/** The path to return to after signing in, or `/` when it would leave this site. */
export function safeReturn(path: string): string {
  if (!/^\/(?![/\\])/.test(path) || path.includes('\\')) return '/';
  const url = new URL(path, 'http://console.invalid');
  return url.host === 'console.invalid' ? `${url.pathname}${url.search}${url.hash}` : '/';
}
