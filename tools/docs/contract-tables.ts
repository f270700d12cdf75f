import {
  BUILT_IN_ROLE_NAMES,
  BUILT_IN_ROLES,
  PERMISSION_NAMES,
  PERMISSIONS,
  PROBLEMS,
  problemType,
} from '@drm/contracts';

const MADE = '<!-- Made by `npm run docs` from libs/contracts; do not edit. -->';

/** Which built-in role may do what. */
export function permissionsDocument(): string {
  const head = ['permission', 'meaning', ...BUILT_IN_ROLE_NAMES];
  const rows = PERMISSION_NAMES.map((name) => [
    `\`${name}\``,
    PERMISSIONS[name],
    ...BUILT_IN_ROLE_NAMES.map((role) =>
      (BUILT_IN_ROLES[role].permissions as readonly string[]).includes(name) ? 'yes' : '',
    ),
  ]);
  return document('Permissions', [
    'A route requires one of these; a role is a set of them. Tenants may define roles of their own.',
    table(head, rows),
  ]);
}

/** Every error code of the API. */
export function problemsDocument(): string {
  const rows = Object.entries(PROBLEMS).map(([code, { status, level, title }]) => [
    `\`${code}\``,
    String(status),
    title,
    `\`${problemType(code)}\``,
    level,
  ]);
  return document('Problem codes', [
    'Errors are `application/problem+json`. Clients switch on `code`, which is never renamed; `detail` is for people.',
    table(['code', 'HTTP', 'title', 'type', 'logged at'], rows),
  ]);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const document = (title: string, parts: readonly string[]): string =>
  [`# ${title}`, MADE, ...parts, ''].join('\n\n').trimEnd() + '\n';
