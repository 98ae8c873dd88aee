import { describe, expect, it } from 'vitest'
import { openReader } from '../../src/scanner/reader'
import type { Answer, Question } from '../../src/scanner/reader'
import { blank, foundOf } from './fakes'

/** A worker that answers when the test says. */
class FakeWorker {
  onmessage: ((event: { data: Answer }) => void) | null = null
  onerror: ((event: { message: string }) => void) | null = null
  terminated = false
  readonly questions: Question[] = []
  readonly handedOver: Transferable[] = []

  postMessage(question: Question, transfer: Transferable[]): void {
    this.questions.push(question)
    this.handedOver.push(...transfer)
  }

  terminate(): void {
    this.terminated = true
  }
}

function open() {
  const worker = new FakeWorker()
  return { worker, reader: openReader(() => worker as unknown as Worker) }
}

describe('a reader', () => {
  it('hands the frame over, and gives each question its own answer', async () => {
    const { worker, reader } = open()
    const [one, two] = [blank(), blank()]
    const readings = [reader.read(one), reader.read(two)]
    for (const { id, frame } of [...worker.questions].reverse()) {
      worker.onmessage!({ data: { id, found: [foundOf(frame === one ? '1' : '2')], milliseconds: 5 } })
    }
    expect((await Promise.all(readings)).map(({ found }) => found[0]!.text)).toEqual(['1', '2'])
    expect(worker.handedOver).toEqual([one.pixels.buffer, two.pixels.buffer])
  })

  it('rejects when the decoder fails, and goes on', async () => {
    const { worker, reader } = open()
    const reading = reader.read(blank())
    worker.onmessage!({ data: { id: worker.questions[0]!.id, error: 'CompileError' } })
    await expect(reading).rejects.toThrow('CompileError')
    expect(worker.terminated).toBe(false)
  })

  it('whose worker cannot be loaded rejects what waits and what comes', async () => {
    const { worker, reader } = open()
    const reading = reader.read(blank())
    worker.onerror!({ message: '' })
    await expect(reading).rejects.toThrow('could not be loaded')
    await expect(reader.read(blank())).rejects.toThrow('could not be loaded')
  })

  it('that is closed rejects what waits, and its worker is gone', async () => {
    const { worker, reader } = open()
    const reading = reader.read(blank())
    reader.close()
    await expect(reading).rejects.toThrow('closed')
    expect(worker.terminated).toBe(true)
  })
})
