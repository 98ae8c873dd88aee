import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface Database {
  url: string
  drop(): Promise<void>
}

/** An empty database of its own. @throws Error in one line where there is no PostgreSQL */
export async function freshDatabase(): Promise<Database> {
  const response = await fetch(inject('postgres'))
  const said = await response.text()
  if (!response.ok) throw new Error(said)
  return databaseAt(said)
}

/** An empty database of its own in the cluster at this URL. */
export async function databaseAt(cluster: string): Promise<Database> {
  const name = `linli_${randomUUID().replaceAll('-', '')}`
  await command(cluster, `CREATE DATABASE ${name}`)
  const url = new URL(cluster)
  url.pathname = name
  return { url: url.href, drop: () => command(cluster, `DROP DATABASE ${name} WITH (FORCE)`) }
}

/** One statement on a connection of its own. */
export async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
