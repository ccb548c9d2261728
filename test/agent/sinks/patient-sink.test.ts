import { describe, expect, it } from 'vitest';
import { PatientSink, type Taker, type Verdict } from '../../../src/agent/sinks/patient-sink.ts';
import { Outage } from '../../../src/pipeline/outage.ts';
import { FakeClock, settled } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { entry } from '../fake-ends.ts';

const PASSING: Verdict = { isPassing: true, retryAfterMs: undefined };
const LASTING: Verdict = { isPassing: false, retryAfterMs: undefined };
const TAKEN = { refused: 0, reasons: [] };

/** A sink whose tries end as `ends` says, one after the other; then all pass. */
function sinkOf(ends: readonly ('passes' | Verdict)[], isPatient = true) {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const outage = new Outage('nobody takes entries', clock, log);
  const tries: number[] = [];
  const verdicts = new Map<unknown, Verdict>();
  const tryOnce = () => {
    const end = ends[tries.length] ?? 'passes';
    tries.push(clock.now());
    if (end === 'passes') return Promise.resolve(TAKEN);
    const error = new Error('away');
    verdicts.set(error, end);
    return Promise.reject(error);
  };
  let packed = 0;
  const taker: Taker = {
    pack: () => {
      packed += 1;
      return { send: tryOnce };
    },
    close: () => Promise.resolve(),
  };
  const verdictOf = (error: unknown) => verdicts.get(error) ?? LASTING;
  const sink = new PatientSink(taker, { verdictOf, isPatient, clock, outage });
  return { sink, clock, log, outage, tries, packed: () => packed };
}

const ON = new AbortController().signal;

describe('a patient sink', () => {
  it('tries again for as long as it takes, more and more seldom, and says so', async () => {
    const { sink, clock, log, outage, tries, packed } = sinkOf(Array.from({ length: 40 }, () => PASSING));
    const sending = sink.send([entry(1)], ON);
    await clock.advance(60_000);
    expect(outage.current?.reason).toBe('away');
    await clock.advance(600_000);
    await expect(sending).resolves.toEqual(TAKEN);
    expect(tries).toHaveLength(41);
    expect(packed()).toBe(1);
    const waits = tries.slice(1).map((atMs, index) => atMs - (tries[index] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
    expect(Math.min(...waits)).toBeGreaterThan(20);
    expect(outage.current).toBeUndefined();
    expect(log.told[0]).toMatchObject({ level: 'warn', fields: { reason: 'away' } });
  });

  it('waits for as long as it is asked to, within reason', async () => {
    const { sink, clock, tries } = sinkOf([
      { isPassing: true, retryAfterMs: 30_000 },
      { isPassing: true, retryAfterMs: 1e9 },
    ]);
    const sending = sink.send([entry(1)], ON);
    await clock.advance(1_000_000);
    await sending;
    expect(tries).toEqual([0, 30_000, 330_000]);
  });

  it('ends at once with what somebody has to mend, if nothing was taken before', async () => {
    const { sink, tries } = sinkOf([LASTING]);
    await expect(sink.send([entry(1)], ON)).rejects.toThrow('away');
    expect(tries).toHaveLength(1);
  });

  it('waits until that is mended once something was taken, unless it is not to', async () => {
    const patient = sinkOf(['passes', LASTING, LASTING]);
    await patient.sink.send([entry(1)], ON);
    const sending = patient.sink.send([entry(2)], ON);
    await patient.clock.advance(200_000);
    await expect(sending).resolves.toEqual(TAKEN);

    const hasty = sinkOf(['passes', LASTING], false);
    await hasty.sink.send([entry(1)], ON);
    await expect(hasty.sink.send([entry(2)], ON)).rejects.toThrow('away');
  });

  it('gives up when it is told to, in the midst of a wait or of a try', async () => {
    const { sink, clock, tries } = sinkOf(Array.from({ length: 100 }, () => PASSING));
    const stop = new AbortController();
    const sending = sink.send([entry(1)], stop.signal);
    const ended = expect(sending).rejects.toThrow('enough');
    await clock.advance(5_000);
    stop.abort(new Error('enough'));
    await ended;
    const before = tries.length;
    await clock.advance(60_000);
    expect(tries).toHaveLength(before);

    const hanging: Taker = {
      pack: () => ({ send: () => new Promise(() => undefined) }),
      close: () => Promise.resolve(),
    };
    const outage = new Outage('x', clock, new RecordingLog());
    const other = new PatientSink(hanging, { verdictOf: () => PASSING, isPatient: true, clock, outage });
    const again = new AbortController();
    const hangs = expect(other.send([entry(1)], again.signal)).rejects.toThrow('enough');
    await settled();
    again.abort(new Error('enough'));
    await hangs;
  });

  it('asks nobody about nothing', async () => {
    const { sink, tries } = sinkOf([]);
    await expect(sink.send([], ON)).resolves.toEqual(TAKEN);
    expect(tries).toEqual([]);
  });
});
