import type { Engine } from './engine'

/** Goes up with every change that an older server could not read. */
export const schemaVersion = '2'

/**
 * The tables. Keys of what is in a stream begin with the stream, those of what a device wrote with the device, so that
 * either can be spread over machines. `BIGINT` everywhere: `at` needs 53 bits.
 */
export function tables({ bytes, clustered }: Engine['dialect']): string[] {
  return [
    `CREATE TABLE streams (stream TEXT NOT NULL PRIMARY KEY, head BIGINT NOT NULL) ${clustered}`,
    `CREATE TABLE pulled (stream TEXT NOT NULL PRIMARY KEY, head BIGINT NOT NULL, known BIGINT NOT NULL) ${clustered}`,
    `CREATE TABLE operations (
       stream TEXT NOT NULL, seq BIGINT NOT NULL, device TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL,
       kind TEXT NOT NULL, body TEXT, ticket TEXT, extra TEXT,
       PRIMARY KEY (stream, seq)) ${clustered}`,
    // Only what a roster says of people has a ticket here: the index stays small, and erasure finds them at once. With `kind` it is
    // narrow enough for SQLite to prefer it to the stream's own key.
    'CREATE INDEX operations_of_ticket ON operations (stream, ticket, kind) WHERE ticket IS NOT NULL',
    `CREATE TABLE written (
       device TEXT NOT NULL, n BIGINT NOT NULL, hash ${bytes}, stream TEXT, seq BIGINT,
       PRIMARY KEY (device, n)) ${clustered}`,
    `CREATE TABLE quarantine (
       device TEXT NOT NULL, n BIGINT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, operation TEXT, received BIGINT NOT NULL,
       PRIMARY KEY (device, n)) ${clustered}`,
    `CREATE TABLE batches (
       device TEXT NOT NULL, first BIGINT NOT NULL, count BIGINT NOT NULL, signature TEXT NOT NULL,
       PRIMARY KEY (device, first, count)) ${clustered}`,
    `CREATE TABLE devices (
       device TEXT NOT NULL PRIMARY KEY, public_key TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, venue TEXT,
       label TEXT NOT NULL, invite TEXT, token TEXT, joined BIGINT NOT NULL, heard BIGINT, clock_offset BIGINT,
       accepted BIGINT NOT NULL DEFAULT 0, root BIGINT NOT NULL DEFAULT 0, known BIGINT NOT NULL DEFAULT 0, frozen BIGINT NOT NULL DEFAULT 0, revoked_after BIGINT)`,
    // Not UNIQUE: a table that is spread over machines can promise that of its own key only. Tokens are 256 random bits.
    'CREATE INDEX devices_of_token ON devices (token)',
    `CREATE TABLE invites (
       code TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, venue TEXT, label TEXT NOT NULL,
       uses BIGINT NOT NULL, used BIGINT NOT NULL, expires BIGINT NOT NULL)`,
    `CREATE TABLE tickets (
       id TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL, key_id BIGINT NOT NULL, kind BIGINT NOT NULL, party BIGINT NOT NULL,
       first_day BIGINT NOT NULL, last_day BIGINT NOT NULL, text TEXT NOT NULL)`,
    'CREATE INDEX tickets_by_number ON tickets (number)',
    `CREATE TABLE snapshots (stream TEXT NOT NULL, seq BIGINT NOT NULL, manifest TEXT NOT NULL, PRIMARY KEY (stream, seq)) ${clustered}`,
    `CREATE TABLE snapshot_pages (stream TEXT NOT NULL, id TEXT NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (stream, id))`,
  ]
}
