/** Lines that tell a waiting person what happens, with the time each step took. */
export class Progress {
  private readonly startedAt: number;

  constructor(
    private readonly write: (line: string) => void = (line) => console.log(line),
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = this.now();
  }

  get elapsedSeconds(): number {
    return (this.now() - this.startedAt) / 1000;
  }

  say(line: string): void {
    this.write(line);
  }

  /** Runs one step; a long one says every ten seconds that it is still at it. */
  async step<Result>(title: string, work: () => Promise<Result> | Result): Promise<Result> {
    const began = this.now();
    const seconds = (): string => ((this.now() - began) / 1000).toFixed(1);
    const ticker = setInterval(() => this.write(`  … ${title}: ${seconds()} s`), 10_000);
    try {
      const result = await work();
      this.write(`  ${title} (${seconds()} s)`);
      return result;
    } finally {
      clearInterval(ticker);
    }
  }
}
