import type { RowDataPacket } from 'mysql2/promise';
import type { KeptServer } from './server.ts';

const NOTES = `CREATE TABLE IF NOT EXISTS bench_notes (
  name VARCHAR(100) NOT NULL PRIMARY KEY,
  value JSON NOT NULL
)`;

interface NoteRow extends RowDataPacket {
  readonly value: string;
}

/** What was measured once and takes long, kept beside the rows that it is about. */
export class Notes {
  readonly #server: KeptServer;
  readonly #database: string;

  private constructor(server: KeptServer, database: string) {
    this.#server = server;
    this.#database = database;
  }

  static async open(server: KeptServer, database: string): Promise<Notes> {
    await server.run(NOTES, database);
    return new Notes(server, database);
  }

  /** The numbers of this name: as noted, or measured now and noted. */
  async numbers<Key extends string>(
    name: string,
    measure: () => Promise<Readonly<Record<Key, number>>>,
  ): Promise<Readonly<Record<Key, number>>> {
    const connection = await this.#server.connect(this.#database);
    try {
      const [[known]] = await connection.query<NoteRow[]>(
        'SELECT CAST(value AS CHAR) AS value FROM bench_notes WHERE name = ?',
        [name],
      );
      if (known !== undefined) return JSON.parse(known.value) as Readonly<Record<Key, number>>;
    } finally {
      await connection.end();
    }
    const value = await measure();
    await this.#write(name, value);
    return value;
  }

  async #write(name: string, value: Readonly<Record<string, number>>): Promise<void> {
    const connection = await this.#server.connect(this.#database);
    try {
      await connection.query('INSERT INTO bench_notes VALUES (?, ?)', [name, JSON.stringify(value)]);
    } finally {
      await connection.end();
    }
  }
}
