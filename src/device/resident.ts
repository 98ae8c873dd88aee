/**
 * The device's front door for residents: the published programme and what is kept of it. It is apart from index.ts so that
 * a resident's phone need not fetch the code that joins, records and syncs.
 */
import { Mine } from './mine'
import { browserPorts } from './ports'
import { PublishedProgramme, type Copy, type Fetched } from './programme'

const ports = browserPorts()
const published = new PublishedProgramme(ports)
const mine = new Mine(ports)

/** The programme stored on this phone; undefined when there is none. */
export const readProgramme = (): Promise<Copy | undefined> => published.read()
/** Asks the server for the programme, and stores it. A failure changes nothing of what is stored. */
export const fetchProgramme = (): Promise<Fetched> => published.fetch()

/** Ids of the activities kept on this phone, in the order in which they were; undefined when storage can't be read. */
export const readMine = (): Promise<string[] | undefined> => mine.list()
/** @returns whether it is stored now */
export const keepActivity = (id: string): Promise<boolean> => mine.keep(id)
/** @returns whether they are gone now */
export const dropActivities = (ids: readonly string[]): Promise<boolean> => mine.drop(ids)
/** Calls when another tab of this phone has kept or dropped something; returns how to stop. */
export const watchMine = (watcher: () => void): (() => void) => mine.watch(watcher)
