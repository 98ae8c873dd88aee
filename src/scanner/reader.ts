import type { Found } from './decoder'
import type { Grey } from './grey'

/** What goes to the worker, which closes a `VideoFrame` when it has looked. */
export interface Question {
  readonly id: number
  readonly frame: VideoFrame | Grey
}

/** What comes back; `milliseconds`: getting at the pixels and decoding, without the way there and back. */
export type Answer =
  | { readonly id: number; readonly found: Found[]; readonly milliseconds: number }
  | { readonly id: number; readonly error: string }

export interface Reading {
  readonly found: readonly Found[]
  readonly milliseconds: number
}

export interface Reader {
  /** Hands the frame over: the caller has it no more. Rejects if the worker or its .wasm can't be loaded, or the reader was closed. */
  read(frame: VideoFrame | Grey): Promise<Reading>
  close(): void
}

interface Waiting {
  resolve(reading: Reading): void
  reject(reason: Error): void
}

const startWorker = (): Worker => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })

/** Starts the worker, which begins at once to load its .wasm. */
export function openReader(start: () => Worker = startWorker): Reader {
  const worker = start()
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let broken: Error | null = null

  function breakOff(reason: Error): void {
    broken = reason
    worker.terminate()
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
  }

  worker.onerror = (event) => breakOff(new Error(event.message || 'The scanner worker could not be loaded'))
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) asked?.reject(new Error(data.error))
    else asked?.resolve(data)
  }

  return {
    read(frame) {
      if (broken) {
        if ('close' in frame) frame.close()
        return Promise.reject(broken)
      }
      const id = ++lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        const question: Question = { id, frame }
        worker.postMessage(question, ['close' in frame ? frame : frame.pixels.buffer])
      })
    },
    close: () => breakOff(new Error('The reader is closed')),
  }
}
