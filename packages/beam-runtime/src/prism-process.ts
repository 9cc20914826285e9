import { freePort } from "./free-port";
import { JobService } from "./job-service";
import { endOf, ProcessGroup } from "./process-group";

const START_MS = 30_000;

/** A Prism of one's own, on a free port, for as many jobs as one likes. */
export class PrismProcess {
  /** Rejects when Prism ends before it is told to. */
  readonly broken: Promise<never>;
  private stopped = false;

  private constructor(
    private readonly group: ProcessGroup,
    /** host:port of its job service. */
    readonly endpoint: string,
  ) {
    this.broken = group.ended.then((end) => {
      throw new Error(this.stopped ? "Prism was stopped" : `Prism ended with ${endOf(end)}:\n${group.lastLines()}`);
    });
    this.broken.catch(() => undefined);
  }

  /** @param path of Prism itself: `findPrism()` */
  static async start(path: string): Promise<PrismProcess> {
    const port = await freePort();
    const flags = ["--job_port", String(port), "--serve_http=false", "--idle_shutdown_timeout=1m", "--log_level=warn"];
    const prism = new PrismProcess(ProcessGroup.start(path, flags), `localhost:${port}`);
    const service = new JobService(prism.endpoint);
    try {
      await Promise.race([service.ready(START_MS), prism.broken]);
    } catch (error) {
      prism.stop();
      throw error;
    } finally {
      service.close();
    }
    return prism;
  }

  stop(): void {
    this.stopped = true;
    this.group.kill();
  }
}
