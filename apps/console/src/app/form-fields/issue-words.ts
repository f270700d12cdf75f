/** The part of a zod issue this needs; `minimum` and `maximum` come with `too_small` and `too_big`. */
interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

const number = (value: number | bigint): string => value.toLocaleString('en');

/** What is wrong, as a person would say it. Schemas check; they do not speak to people. */
export function issueWords(issue: Issue): string {
  const { code, origin, minimum, maximum } = issue;
  if (code === 'too_small' && minimum !== undefined) {
    if (origin === 'number' || origin === 'int') return `At least ${number(minimum)}.`;
    if (Number(minimum) <= 1) return 'Enter something here.';
    return `At least ${number(minimum)} ${origin === 'string' ? 'characters' : 'entries'}.`;
  }
  if (code === 'too_big' && maximum !== undefined) {
    if (origin === 'number' || origin === 'int') return `At most ${number(maximum)}.`;
    return `At most ${number(maximum)} ${origin === 'string' ? 'characters' : 'entries'}.`;
  }
  if (code === 'invalid_type') return 'This is not of the right kind. Enter a whole number.';
  return issue.message;
}
