import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { clustersAreRequired } from '../../test/support/clusters.ts';
import { Unavailable } from '../../test/support/server.ts';
import { Draw } from '../draw.ts';
import type { MysqlProgram } from '../mysql-server.ts';
import type { WorkerProcess } from '../worker-process.ts';
import { ProofGround, type ProofSize, targetOf } from './ground.ts';
import { openLooker } from './look.ts';
import { expireLease, MOMENT_KINDS, type MomentKind } from './moments.ts';
import { openPlace, type Place, type PlaceKind } from './place.ts';
import { type Doer, ended, Processes } from './processes.ts';
import { ALL_BUT_NEW, drawRules, EVERY_KIND } from './rules.ts';
import { problemText, summaryText, tallyText } from './tally.ts';
import { problemsOf } from './watching.ts';

/** Runs of retention that are cut short, on one place after the other. */
export interface RetentionCampaign {
  readonly seed: number;
  readonly places: readonly PlaceKind[];
  /** On each of them. */
  readonly moments: number;
  readonly mysql: MysqlProgram;
  readonly size: ProofSize;
  /** Rows that are added before each moment. */
  readonly rowsBetween: number;
  /** For the logs; emptied first. */
  readonly directory: string;
  readonly print: (text: string) => void;
}

/** For so long a process may be at it before something happens. */
const MOST_MS = 400;
/** For so long a process is waited for that does nothing: rules that delete nothing are drawn, too. */
const UNTIL_AT_IT_MS = 8_000;
const LOOK_MS = 10;
/** Tables that only grow make looks slow. */
const CLEAN_EVERY = 8;
const SERVE_SHARE = 0.3;

/** Plays and prints; resolves to whether all was as promised. */
export async function playRetention(campaign: RetentionCampaign): Promise<boolean> {
  await rm(campaign.directory, { recursive: true, force: true });
  let isRight = true;
  for (const kind of campaign.places) {
    try {
      await using place = await openPlace(kind, campaign.mysql);
      isRight = (await playOn(place, campaign)) && isRight;
    } catch (error) {
      if (!(error instanceof Unavailable) || clustersAreRequired()) throw error;
      campaign.print(`${error.message}: nothing on ${kind}\n`);
    }
  }
  if (!isRight)
    campaign.print(`To play it again: --seed ${String(campaign.seed)}. Logs: ${campaign.directory}\n`);
  return isRight;
}

async function playOn(place: Place, campaign: RetentionCampaign): Promise<boolean> {
  const { seed, moments, print } = campaign;
  const directory = `${campaign.directory}${place.kind}/`;
  await mkdir(directory, { recursive: true });
  const draw = new Draw(seed, 'retention', place.kind);
  print(`retention, seed ${String(seed)}, on ${place.description}\n`);
  await using ground = await ProofGround.open(place.writerUrls, draw, campaign.size);
  await using processes = new Processes(place, directory);
  const play = new Play({ place, ground, processes, draw, rowsBetween: campaign.rowsBetween });
  const tally = new Map<string, number>();
  let isRight = true;
  for (let number = 1; number <= moments && isRight; number += 1) {
    const { name, problems } = await play.moment(number);
    tally.set(name, (tally.get(name) ?? 0) + 1);
    print(problems.length === 0 ? '' : `moment ${String(number)}, ${name}: WRONG\n${problemText(problems)}`);
    isRight = problems.length === 0;
  }
  const left = isRight ? await play.end() : [];
  print(
    `${tallyText(tally, play.inTheMiddle)}${summaryText(ground, await play.deleted())}${problemText(left)}`,
  );
  return isRight && left.length === 0;
}

/** Everything that moments are played with. */
interface PlayParts {
  readonly place: Place;
  readonly ground: ProofGround;
  readonly processes: Processes;
  readonly draw: Draw;
  readonly rowsBetween: number;
}

class Play {
  /** Moments that came before the run had ended. */
  inTheMiddle = 0;
  readonly #parts: PlayParts;
  readonly #kinds: readonly MomentKind[];

  constructor(parts: PlayParts) {
    this.#parts = parts;
    this.#kinds = MOMENT_KINDS.filter(({ fits }) => fits?.(parts.place.kind) ?? true);
  }

  /** Other rules, a process that does them, something that happens to it, and a look at what it left. */
  async moment(number: number): Promise<{ readonly name: string; readonly problems: readonly string[] }> {
    const { ground, processes, draw } = this.#parts;
    // Each kind once at first.
    const kind = this.#kinds[number - 1] ?? draw.weighted(this.#kinds);
    await ground.writing.fill(this.#parts.rowsBetween);
    const rules = number % CLEAN_EVERY === 0 ? ALL_BUT_NEW : drawRules(draw);
    await ground.apply(rules);
    const doer: Doer = draw.chance(SERVE_SHARE) ? 'lms serve' : 'lms retain';
    const running = processes.start(doer);
    await this.#untilAtIt(running);
    await delay(draw.whole(0, MOST_MS));
    if (!(await this.#isOver(rules.length))) this.inTheMiddle += 1;
    const found = await kind.happen({ ...this.#parts, doer, running });
    await expireLease(ground);
    return { name: kind.name, problems: [...found, ...(await this.#check())] };
  }

  /** A whole run, undisturbed, of rules of every kind; resolves to what is wrong then. */
  async end(): Promise<readonly string[]> {
    const { ground } = this.#parts;
    await ground.apply(EVERY_KIND);
    const { nowMs } = await ground.looker.look({ withKeys: false });
    const began = { nowMs, atMs: performance.now() };
    const { end } = await ground.run();
    const { look, problems } = await ground.check();
    const left = ground.reference.leftOver(look, began);
    return [...(end === 'done' ? [] : [`the last run ended: ${end}`]), ...problems, ...left];
  }

  /** Rows on the accounts of all rules. */
  async deleted(): Promise<number> {
    return (await this.#parts.ground.looker.look({ withKeys: false })).deleted;
  }

  /** Whether the last of the rules in force has come to its end: the one of this place. */
  async #isOver(place: number): Promise<boolean> {
    const [row] = await this.#parts.ground.looker.sql(`SELECT done_to FROM lms_retention_rules
      WHERE place = ${String(place)} AND version = (SELECT MAX(version) FROM lms_retention_versions)`);
    return row !== undefined && row['done_to'] !== null;
  }

  /** Until the first of its deletions is committed, or nothing comes. */
  async #untilAtIt(running: WorkerProcess): Promise<void> {
    const { looker } = this.#parts.ground;
    const { deleted } = await looker.look({ withKeys: false });
    const endsAtMs = performance.now() + UNTIL_AT_IT_MS;
    while (performance.now() < endsAtMs) {
      const [row] = await looker.sql('SELECT COALESCE(SUM(deleted_rows), 0) AS n FROM lms_retention_rules');
      if (Number(row?.['n']) > deleted || (await ended(running, LOOK_MS)) !== undefined) return;
    }
  }

  async #check(): Promise<readonly string[]> {
    const { place, ground, processes } = this.#parts;
    await place.inStep();
    const { problems } = await ground.check();
    const nodes = place.nodeUrls.length === 1 ? [] : await this.#checkNodes();
    return [...problems, ...nodes, ...ground.watching.problems, ...processes.problems.splice(0)];
  }

  #checkNodes(): Promise<readonly string[]> {
    const { place, ground } = this.#parts;
    return ground.writing.whilePaused(async () => {
      await place.inStep();
      const found: string[] = [];
      for (const url of place.nodeUrls) {
        await using looker = await openLooker(targetOf(url));
        const look = await looker.look();
        const problems = [...problemsOf(look, ground.writing.bounds), ...ground.reference.wrong(look)];
        found.push(...problems.map((problem) => `${url}: ${problem}`));
      }
      return found;
    });
  }
}
