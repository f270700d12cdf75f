import { describe, expect, it } from '@jest/globals';
import { errorStatusNumber } from '../codec/pdu.ts';
import type { VarBind } from '../codec/snmp-value.ts';
import { Walker, type WalkerOptions, type WalkReply } from './walker.ts';

const ROOT = '1.3.6.1.2.1';

const aWalker = (overrides: Partial<WalkerOptions> = {}): Walker =>
  new Walker({
    root: ROOT,
    after: null,
    done: 0,
    limit: 10_000,
    nonIncreasing: 'stop',
    version: '2c',
    timeoutMs: 1000,
    retries: 2,
    cap: 50,
    maxPduBytes: 65_000,
    mode: 'auto',
    ...overrides,
  });

const at = (...arcs: readonly string[]): VarBind[] =>
  arcs.map((arc) => ({ oid: `${ROOT}.${arc}`, value: { type: 'integer', value: 1 } }));
const END_OF_VIEW: VarBind = { oid: `${ROOT}.9`, value: { type: 'endOfMibView' } };

const reply = (varbinds: readonly VarBind[], errorStatus = 0, elapsedMs = 10): WalkReply => ({
  errorStatus,
  varbinds,
  bytes: varbinds.length * 20,
  elapsedMs,
});
const refusal = (name: 'tooBig' | 'genErr' | 'noSuchName' | 'authorizationError'): WalkReply =>
  reply([], errorStatusNumber(name));

function asked(walker: Walker) {
  const step = walker.step();
  if (step.kind !== 'ask') throw new Error(`the walk has ended: ${step.kind}`);
  return step;
}

/** Answers the walker's question and returns what it took. */
const answer = (walker: Walker, walkReply: WalkReply): readonly VarBind[] =>
  walker.reply(asked(walker).repetitions, walkReply);

describe('Walker', () => {
  it('starts at the root and goes on from the last OID of each reply', () => {
    const walker = aWalker();
    expect(walker.step()).toEqual({ kind: 'ask', oid: ROOT, repetitions: 10, attempt: 0 });
    expect(answer(walker, reply(at('1.1', '1.2')))).toHaveLength(2);
    expect(asked(walker).oid).toBe(`${ROOT}.1.2`);
  });

  it('ends at the end of the view', () => {
    const walker = aWalker();
    expect(answer(walker, reply([...at('1.1'), END_OF_VIEW]))).toHaveLength(1);
    expect(walker.step()).toEqual({ kind: 'end', partial: null });
  });

  it('ends at the first OID outside the subtree and does not take it', () => {
    const walker = aWalker({ root: `${ROOT}.1` });
    expect(answer(walker, reply(at('1.1', '11.1', '1.2')))).toHaveLength(1);
    expect(walker.step()).toEqual({ kind: 'end', partial: null });
  });

  it.each([
    ['the same OID again', '1.5'],
    ['a smaller OID', '1.4'],
  ])('stops with a partial result on %s', (_name, arc) => {
    const walker = aWalker();
    answer(walker, reply(at('1.1', '1.5', arc, '1.6')));
    expect(walker.step()).toMatchObject({
      kind: 'end',
      partial: { code: 'snmp.non_increasing' },
    });
    expect(walker.position).toEqual({ oid: `${ROOT}.1.5`, done: 2 });
  });

  it('stops when the device jumps back to before the root', () => {
    const walker = aWalker({ root: `${ROOT}.5` });
    answer(walker, reply(at('4.1')));
    expect(walker.step()).toMatchObject({ partial: { code: 'snmp.non_increasing' } });
  });

  it('skips one repeating OID where that is tolerated, and only one', () => {
    const walker = aWalker({ nonIncreasing: 'tolerate-once' });
    answer(walker, reply(at('1.5', '1.5')));
    expect(asked(walker).oid).toBe(`${ROOT}.1.5.4294967295`);
    expect(answer(walker, reply(at('1.6')))).toHaveLength(1);
    answer(walker, reply(at('1.6')));
    expect(walker.step()).toMatchObject({ partial: { code: 'snmp.non_increasing' } });
  });

  it('stops at its limit and asks for no more than is left', () => {
    const walker = aWalker({ limit: 3 });
    expect(asked(walker).repetitions).toBe(3);
    expect(answer(walker, reply(at('1.1', '1.2', '1.3', '1.4')))).toHaveLength(3);
    expect(walker.step()).toMatchObject({ kind: 'end', partial: { code: 'snmp.walk_limit' } });
  });

  it('goes on after the saved OID', () => {
    const walker = aWalker({ after: `${ROOT}.1.7`, done: 500 });
    expect(asked(walker).oid).toBe(`${ROOT}.1.7`);
    answer(walker, reply(at('1.8')));
    expect(walker.position).toEqual({ oid: `${ROOT}.1.8`, done: 501 });
  });

  it('halves on tooBig down to GETNEXT', () => {
    const walker = aWalker();
    const seen: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      seen.push(asked(walker).repetitions);
      if (seen.at(-1) === 0) break;
      answer(walker, refusal('tooBig'));
    }
    expect(seen).toEqual([10, 5, 2, 1, 0]);
  });

  it('fails when even a GETNEXT is too big', () => {
    const walker = aWalker({ mode: 'off' });
    answer(walker, refusal('tooBig'));
    expect(walker.step()).toEqual({ kind: 'status', status: errorStatusNumber('tooBig') });
  });

  it('repeats a step with GETNEXT on genErr, and gives GETBULK up at the second', () => {
    const walker = aWalker();
    answer(walker, refusal('genErr'));
    expect(asked(walker).repetitions).toBe(0);
    answer(walker, reply(at('1.1')));
    expect(asked(walker).repetitions).toBe(10);
    answer(walker, reply([]));
    answer(walker, reply(at('1.2')));
    expect(asked(walker).repetitions).toBe(0);
  });

  it('fails when the GETNEXT brings genErr too', () => {
    const walker = aWalker();
    answer(walker, refusal('genErr'));
    answer(walker, refusal('genErr'));
    expect(walker.step()).toEqual({ kind: 'status', status: errorStatusNumber('genErr') });
  });

  it('halves on silence, waits longer, and ends after its retries', () => {
    const walker = aWalker();
    walker.timeout(asked(walker).repetitions);
    expect(walker.step()).toMatchObject({ repetitions: 5, attempt: 1 });
    walker.timeout(5);
    walker.timeout(5);
    expect(walker.step()).toEqual({ kind: 'timeout' });
  });

  it('starts its attempts anew after an answer', () => {
    const walker = aWalker();
    walker.timeout(asked(walker).repetitions);
    answer(walker, reply(at('1.1')));
    expect(asked(walker).attempt).toBe(0);
  });

  it('grows while replies are quick, up to the cap', () => {
    const walker = aWalker({ cap: 20 });
    let row = 0;
    for (let turn = 0; turn < 12; turn += 1) answer(walker, reply(at(`1.${(row += 1)}`)));
    expect(asked(walker).repetitions).toBe(20);
  });

  it('keeps replies near the wanted size', () => {
    const walker = aWalker({ maxPduBytes: 484 });
    for (let row = 1; row < 10; row += 1) {
      walker.reply(asked(walker).repetitions, { ...reply(at(`1.${row}`)), bytes: 100 });
    }
    expect(asked(walker).repetitions).toBeLessThanOrEqual(5);
  });

  it('uses GETNEXT with v1 and ends on noSuchName', () => {
    const walker = aWalker({ version: '1' });
    expect(asked(walker).repetitions).toBe(0);
    answer(walker, refusal('noSuchName'));
    expect(walker.step()).toEqual({ kind: 'end', partial: null });
  });

  it('fails on other errors of the device', () => {
    const walker = aWalker();
    answer(walker, refusal('authorizationError'));
    expect(walker.step()).toMatchObject({ kind: 'status' });
  });
});
