/**
 * IndexedDB for a Dexie that opens its own version of a database and no other. Left alone, Dexie answers a VersionError by opening whatever a newer
 * version of the app has made, reads and writes it in the old way, and adds the stores that it misses there under yet another version. Then it is
 * better that this tab does without (StorageFault `storage-newer`).
 */
export function ownVersionOnly(indexedDB: IDBFactory): IDBFactory {
  if (!indexedDB) return indexedDB
  const versions = new Map<string, number | undefined>()
  const open = (name: string, version?: number): IDBOpenDBRequest => {
    if (!versions.has(name)) versions.set(name, version)
    if (versions.get(name) !== version) throw new DOMException(`${name} was made by a newer version`, 'VersionError')
    return indexedDB.open(name, version)
  }
  return new Proxy({} as IDBFactory, {
    get(_target, key): unknown {
      if (key === 'open') return open
      const value: unknown = Reflect.get(indexedDB, key)
      return typeof value === 'function' ? (value.bind(indexedDB) as unknown) : value
    },
  })
}
