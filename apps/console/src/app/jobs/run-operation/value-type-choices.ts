import type { ValueType } from '@drm/contracts';

/** Types a person may need to name, in words. Empty: the device is asked. */
export const VALUE_TYPE_CHOICES: readonly {
  readonly type: '' | ValueType;
  readonly words: string;
}[] = [
  { type: '', words: 'Ask the device' },
  { type: 'string', words: 'Text' },
  { type: 'int', words: 'Whole number' },
  { type: 'unsignedInt', words: 'Unsigned number' },
  { type: 'boolean', words: 'True or false' },
  { type: 'ipAddress', words: 'IP address' },
  { type: 'objectId', words: 'Object identifier' },
  { type: 'hexBinary', words: 'Hex octets' },
  { type: 'timeTicks', words: 'Time ticks' },
  { type: 'dateTime', words: 'Date and time' },
];
