/** Something that whoever started the command can put right: it is printed as one line, without a stack. */
export class Complaint extends Error {
  override name = 'Complaint'
  /** 2 for what was typed wrongly, 1 for everything else. */
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a command; a complaint ends it with its line and its exit code. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    console.error(error.message)
    process.exitCode = error.exitCode
  }
}
