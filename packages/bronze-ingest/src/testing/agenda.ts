/** Tasks by time; of one time, in the order in which they were added. A binary heap. */
export class Agenda<Task> {
  private readonly entries: Entry<Task>[] = [];
  private added = 0;

  add(at: number, task: Task): void {
    const { entries } = this;
    const entry = { at, order: this.added++, task };
    let index = entries.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = entries[above] as Entry<Task>;
      if (!isBefore(entry, parent)) break;
      entries[index] = parent;
      index = above;
    }
    entries[index] = entry;
  }

  /** Takes the next task out; undefined when there is none. */
  next(): { readonly at: number; readonly task: Task } | undefined {
    const { entries } = this;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = entries[below];
      if (child === undefined) break;
      const right = entries[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below++;
      }
      if (!isBefore(child, last)) break;
      entries[index] = child;
      index = below;
    }
    entries[index] = last;
    return first;
  }
}

interface Entry<Task> {
  readonly at: number;
  readonly order: number;
  readonly task: Task;
}

function isBefore<Task>(a: Entry<Task>, b: Entry<Task>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
