import { deepStrictEqual, ok } from 'node:assert/strict';
import {
  lineBytesMax,
  roomNameCodePointsMax,
  textBytesMax,
  userNameCharactersMax,
} from '../../core/limits.ts';
import { parseRoomName } from '../../core/names.ts';
import { utf8Length } from '../../core/text.ts';
import { rule } from '../support/given.ts';

rule('the longest text fits one line behind the longest prefix', () => {
  const room = parseRoomName('𠀀'.repeat(roomNameCodePointsMax))?.shown ?? '';
  deepStrictEqual(utf8Length(room), 4 * roomNameCodePointsMax);
  const prefix = `[${room}] ${'x'.repeat(userNameCharactersMax)}: `;
  ok(utf8Length(`${prefix}\n`) + textBytesMax <= lineBytesMax);
});
rule('the longest text fits one line behind the longest command', () => {
  const command = `/msg ${'x'.repeat(userNameCharactersMax)} \n`;
  ok(utf8Length(command) + textBytesMax <= lineBytesMax);
});
