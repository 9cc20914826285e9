/** After this many milliseconds of work the event loop gets a turn: timers, signals and progress live there. */
const WORK_MS = 50;

/** Says when long work on this thread owes the event loop a turn, and takes it. */
export class EventLoopTurns {
  private lastTurn = Date.now();

  get due(): boolean {
    return Date.now() - this.lastTurn > WORK_MS;
  }

  async take(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.lastTurn = Date.now();
  }
}
