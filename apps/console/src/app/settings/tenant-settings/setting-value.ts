import { SETTINGS, type Setting } from '@drm/contracts';
import { issueWords } from '../../form-fields/issue-words.ts';

type Value = Setting['value'];

/** Turns what was typed into a value of the setting's type and checks it, or says what is wrong. */
export function parseSetting(
  setting: Setting,
  typed: Value,
): { value: Value } | { message: string } {
  const known = SETTINGS[setting.key as keyof typeof SETTINGS] as
    (typeof SETTINGS)[keyof typeof SETTINGS] | undefined;
  let value: Value = typed;
  if (typeof setting.value === 'number') {
    const text = String(typed).trim();
    if (!/^-?\d+(\.\d+)?$/.test(text)) return { message: 'Enter a number.' };
    value = Number(text);
  }
  // A setting of a newer server is checked by that server.
  if (known === undefined) return { value };
  const checked = known.schema.safeParse(value);
  const issue = checked.error?.issues[0];
  return issue ? { message: issueWords(issue) } : { value };
}
