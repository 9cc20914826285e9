import { Agenda } from "./agenda";
import { type ChangelogPlan, CUT_OVER, EARLY_USERS, INSTALLED_AT, LAST_JOIN_AT } from "./changelog-plan";
import { type ChangelogRow, lineOf } from "./changelog-row";
import { documentId, eventId } from "./firestore-ids";
import { spoilValues } from "./flawed-documents";
import { DAY, dateText, dayOf, HOUR, MINUTE, SECOND, timestampText } from "./instants";
import { firstMedications, importedMedications, type MedicationList, nextMedications } from "./medication-documents";
import type { Mess, MessKind } from "./mess";
import { spoilLife } from "./messy-lives";
import { spoilRow } from "./messy-rows";
import { cycleDocument, dayDocument } from "./period-tracking-documents";
import { newPerson, nextWakingInstant, type Person, someTime } from "./person";
import { type PlannedChange, type Prefix, planned } from "./planned-change";
import { importedProfile, newProfile, nextProfile, type Profile, signUp } from "./profile-documents";
import type { SeededRandom } from "./seeded-random";
import { therapySession } from "./therapy-session-documents";

/** One line of a change log, and what is wrong with it. */
export interface GeneratedChange {
  readonly prefix: Prefix;
  readonly line: string;
  readonly mess: readonly MessKind[];
}

interface Document {
  readonly prefix: Prefix;
  readonly path: string;
  readonly id: string;
  readonly pathParams: string;
  /** Data after the last change that is planned, null before the first and after a DELETE. */
  data: string | null;
}

/** What the simulation remembers of a user beside the person. */
interface User {
  readonly person: Person;
  readonly profile: Profile;
  readonly profileDocument: Document;
  readonly medications: MedicationList;
  readonly medicationDocument: Document;
  lastLoggedDay: number;
  /** Last data by live document, of a user who will delete the account; null for others, whose past is forgotten. */
  readonly live: Map<Document, string> | null;
}

type Task =
  | { readonly kind: "deliver"; readonly user: User; readonly document: Document; readonly change: ScheduledChange }
  | { readonly kind: "erase"; readonly document: Document; readonly change: ScheduledChange }
  | { readonly kind: "redeliver"; readonly change: GeneratedChange }
  | { readonly kind: "join" }
  | { readonly kind: "leave"; readonly user: User }
  | { readonly kind: keyof typeof COLLECTION_OF; readonly user: User };

interface ScheduledChange extends PlannedChange {
  readonly oldData: string | null;
}

/** Share of users who delete their account. */
const LEAVERS = 4 / 60;

const DOCUMENTS = "projects/juno-demo/databases/(default)/documents/";

/**
 * The users of the app and what the export delivers of their writing, in order of arrival, without end. Only open
 * documents are held: their changes are planned when they are created, and forgotten one by one as they are delivered.
 */
export class Simulation {
  private readonly agenda = new Agenda<Task>();
  private readonly collections: ReadonlySet<Prefix>;
  private persons = 0;
  /** Commit time of the newest change that was delivered, by collection. */
  private readonly newest = new Map<Prefix, number>();
  /** The last session's id and user: the id that another user's session may share. */
  private lastSession = { id: "", uid: "" };

  constructor(
    private readonly plan: ChangelogPlan,
    collections: readonly Prefix[],
    private readonly random: SeededRandom,
    private readonly mess: Mess,
  ) {
    this.collections = new Set(collections);
    const early = Math.round(plan.users * EARLY_USERS);
    for (let i = 0; i < early; i++) this.importUser(early);
    for (let i = early; i < plan.users; i++) {
      this.agenda.add(someTime(random, INSTALLED_AT + HOUR, LAST_JOIN_AT), { kind: "join" });
    }
  }

  *changes(): Generator<GeneratedChange> {
    let now = INSTALLED_AT;
    for (;;) {
      // A log of one collection can run out of users who write there: somebody else comes.
      const due = this.agenda.next() ?? { at: now + DAY, task: { kind: "join" } as const };
      now = due.at;
      const change = this.perform(due.task, due.at);
      if (change !== null) yield change;
    }
  }

  private perform(task: Task, at: number): GeneratedChange | null {
    switch (task.kind) {
      case "deliver":
        return this.deliver(task.user, task.document, task.change);
      case "erase":
        return this.row(task.document, task.change);
      case "redeliver":
        return task.change;
      case "join":
        this.join(at);
        return null;
      case "leave":
        this.leave(task.user, at);
        return null;
      default:
        if (task.user.person.leftAt === null) this.write(task, at);
        return null;
    }
  }

  private join(at: number): void {
    const user = this.newUser(at);
    const { random } = this;
    if (this.collections.has("user_health_data")) {
      this.schedule(user, user.profileDocument, signUp(random, user.person, user.profile));
    }
    if (random.chance(0.95)) this.later("medications", user, at + someTime(random, 2 * MINUTE, 20 * DAY));
    this.startWriting(user, at + HOUR);
  }

  /** A user with documents from before the export, imported with the script's clock or stamped 1970. */
  private importUser(early: number): void {
    const { random, plan } = this;
    const user = this.newUser(INSTALLED_AT - someTime(random, 10 * DAY, 75 * DAY));
    const imported = (document: Document, data: string | null, mess: MessKind[] = []) => {
      const arrival = INSTALLED_AT + 1000 * random.integer(0, Math.min(early * 30, 3_000_000));
      const at = random.chance(0.45) ? 0 : arrival;
      const change: PlannedChange = { ...planned("IMPORT", at, null, mess), data, arrival };
      this.schedule(user, document, [change, ...this.updatesOfImported(document, data)]);
    };
    if (this.collections.has("user_health_data")) {
      const { data } = importedProfile(random, user.person, user.profile, INSTALLED_AT);
      imported(user.profileDocument, data);
    }
    if (this.collections.has("medications_data") && random.chance(0.95)) {
      const { data, mess } = importedMedications(random, this.mess, user.medications, INSTALLED_AT);
      imported(user.medicationDocument, data, mess);
      this.later("medications", user, nextWakingInstant(random, INSTALLED_AT, plan.medicationGap));
    }
    const before = () => user.person.joinedAt + someTime(random, 0, INSTALLED_AT - user.person.joinedAt - 2 * DAY);
    if (this.collections.has("therapy_sessions_data")) {
      for (let i = random.integer(2, 8); i > 0; i--) {
        const session = therapySession(random, user.person, before(), plan.sessionUpdates);
        imported(this.sessionDocument(user), session.at(-1)?.data ?? null);
      }
    }
    if (this.collections.has("period_tracking_data")) {
      for (let i = random.integer(1, 6); i > 0; i--) {
        const at = before();
        const [day] = dayDocument(random, user.person, at, 0);
        imported(this.trackingDocument(user, null), day?.data ?? null);
      }
    }
    this.startWriting(user, INSTALLED_AT + HOUR);
  }

  /** A quarter of the imported documents are written once more: the same data, for what it matters. */
  private updatesOfImported({ prefix }: Document, data: string | null): PlannedChange[] {
    const isOneOfMany = prefix === "therapy_sessions_data" || prefix === "period_tracking_data";
    if (!isOneOfMany || !this.random.chance(0.25)) return [];
    const at = INSTALLED_AT + someTime(this.random, HOUR, 3 * DAY);
    return [{ ...planned("UPDATE", at, null), data }];
  }

  private newUser(joinedAt: number): User {
    const { random } = this;
    const person = newPerson(random, this.persons++, joinedAt);
    const isLeaver = random.chance(LEAVERS);
    // A tenth of the profiles have an id of their own.
    const profileId = random.chance(0.1) ? documentId(random) : person.uid;
    const user: User = {
      person,
      profile: newProfile(random, person),
      profileDocument: topLevel("user_health_data", "user_profiles", profileId),
      medications: { entries: [] },
      medicationDocument: topLevel("medications_data", "medications", person.uid),
      lastLoggedDay: 0,
      live: isLeaver ? new Map() : null,
    };
    if (isLeaver) {
      const known = Math.max(joinedAt, INSTALLED_AT);
      this.agenda.add(known + someTime(random, 25 * DAY, 120 * DAY), { kind: "leave", user });
    }
    return user;
  }

  private startWriting(user: User, from: number): void {
    const { random, plan } = this;
    const { diligence } = user.person;
    this.later("session", user, nextWakingInstant(random, from, plan.sessionGap / diligence / 2));
    this.later("day", user, nextWakingInstant(random, from, plan.dayGap / diligence / 2));
    this.later("cycle", user, nextWakingInstant(random, from, plan.cycleGap / diligence / 2));
    this.later("profile", user, nextWakingInstant(random, from, plan.profileGap));
  }

  private later(kind: keyof typeof COLLECTION_OF, user: User, at: number): void {
    if (this.collections.has(COLLECTION_OF[kind])) this.agenda.add(at, { kind, user });
  }

  private write({ kind, user }: { kind: keyof typeof COLLECTION_OF; user: User }, at: number): void {
    const { random, plan, mess } = this;
    const { person, medications } = user;
    switch (kind) {
      case "session": {
        const startedAt = random.chance(0.006) ? lateEvening(random, at) : at;
        const changes = therapySession(random, person, startedAt, plan.sessionUpdates);
        if (random.chance(0.016)) this.addDeletion(changes, 0.4);
        this.scheduleSession(user, changes);
        this.later(kind, user, nextWakingInstant(random, at, plan.sessionGap / person.diligence));
        break;
      }
      case "day": {
        this.scheduleDay(user, at);
        if (random.chance(0.06)) this.scheduleDay(user, at + someTime(random, MINUTE, 90 * MINUTE));
        this.later(kind, user, nextWakingInstant(random, at, (plan.dayGap * 1.06) / person.diligence));
        break;
      }
      case "cycle": {
        const changes = cycleDocument(random, person, at, plan.cycleUpdates);
        if (random.chance(0.02)) this.addDeletion(changes, 0.15);
        this.schedule(user, this.trackingDocument(user, null), changes);
        this.later(kind, user, nextWakingInstant(random, at, plan.cycleGap / person.diligence));
        break;
      }
      case "medications": {
        const next = user.medicationDocument.data === null ? firstMedications : nextMedications;
        this.schedule(user, user.medicationDocument, [next(random, mess, medications, at)]);
        this.later(kind, user, nextWakingInstant(random, at, plan.medicationGap));
        break;
      }
      case "profile": {
        this.schedule(user, user.profileDocument, [nextProfile(random, person, user.profile, at)]);
        this.later(kind, user, nextWakingInstant(random, at, plan.profileGap));
        break;
      }
    }
  }

  private scheduleSession(user: User, changes: PlannedChange[]): void {
    const { uid } = user.person;
    const { id, uid: other } = this.lastSession;
    if (id !== "" && other !== uid && this.mess.strikes("same_session_id_two_users")) {
      this.lastSession = { id: "", uid: "" };
      for (const change of changes) change.mess.push("same_session_id_two_users");
      this.schedule(user, subcollection("therapy_sessions_data", uid, "therapy_sessions", id), changes);
      return;
    }
    const document = this.sessionDocument(user);
    this.lastSession = { id: document.id, uid };
    this.schedule(user, document, changes);
  }

  private scheduleDay(user: User, at: number): void {
    const { random, plan } = this;
    const day = dayOf(at);
    const isNamedByDate = day > user.lastLoggedDay && random.chance(0.7);
    if (isNamedByDate) user.lastLoggedDay = day;
    const changes = dayDocument(random, user.person, at, plan.dayUpdates);
    if (random.chance(0.022)) this.addDeletion(changes, 0.15);
    this.schedule(user, this.trackingDocument(user, isNamedByDate ? day : null), changes);
  }

  /** The user deletes the document, and perhaps brings it back. */
  private addDeletion(changes: PlannedChange[], recreated: number): void {
    const { random } = this;
    const last = changes.at(-1);
    if (last === undefined) return;
    const deletedAt = last.at + someTime(random, HOUR / 4, 40 * HOUR);
    changes.push(planned("DELETE", deletedAt, null));
    if (!random.chance(recreated)) return;
    const { data } = last;
    changes.push({ ...planned("CREATE", deletedAt + someTime(random, 6 * MINUTE, 70 * MINUTE), null), data });
  }

  /** The account goes, and every document with it; somebody else comes. */
  private leave(user: User, at: number): void {
    const { random } = this;
    user.person.leftAt = at;
    let deletedAt = at;
    for (const [document, oldData] of user.live ?? []) {
      deletedAt += someTime(random, SECOND / 20, 3 * SECOND);
      const change = { ...planned("DELETE", deletedAt, null), oldData };
      this.agenda.add(deletedAt, { kind: "erase", document, change });
    }
    user.live?.clear();
    this.agenda.add(at + someTime(random, HOUR, 5 * DAY), { kind: "join" });
  }

  /** Puts the changes of a document on the agenda, with the mess that strikes them. */
  private schedule(user: User, document: Document, changes: PlannedChange[]): void {
    spoilValues(this.mess, document.prefix, changes);
    const scheduled = changes.map((change) => {
      const oldData = change.operation === "UPDATE" || change.operation === "DELETE" ? document.data : null;
      document.data = change.data;
      return { ...change, oldData };
    });
    // A late change of a deleted account would outlive it.
    spoilLife(this.mess, scheduled, user.live === null);
    for (const change of scheduled) this.agenda.add(change.arrival, { kind: "deliver", user, document, change });
  }

  private deliver(user: User, document: Document, change: ScheduledChange): GeneratedChange | null {
    // What was still planned when the account was deleted never happens.
    if (user.person.leftAt !== null) return null;
    if (user.live !== null && !change.mess.includes("literal_null_write")) {
      if (change.data === null) user.live.delete(document);
      else user.live.set(document, change.data);
    }
    return this.row(document, change);
  }

  private row({ prefix, path, id, pathParams }: Document, change: ScheduledChange): GeneratedChange {
    const { at, arrival, operation, data, oldData, mess } = change;
    const isImport = operation === "IMPORT";
    const isNewTracker = at >= CUT_OVER[prefix];
    const row: ChangelogRow = {
      timestamp: timestampText(at),
      event_id: isImport ? "" : isNewTracker ? eventId(this.random) : `${eventId(this.random)}-0`,
      document_name: DOCUMENTS + path,
      operation,
      data,
      old_data: isNewTracker && !isImport ? oldData : null,
      document_id: id,
      path_params: pathParams,
    };
    if (!isImport) {
      const newest = this.newest.get(prefix) ?? 0;
      if (at < newest) mess.push("out_of_order");
      else this.newest.set(prefix, at);
    }
    spoilRow(this.mess, row, path, mess);
    const generated = { prefix, line: lineOf(row), mess };
    this.redeliver(arrival, generated);
    return generated;
  }

  /** At least once means sometimes twice: mostly at once, else within hours. */
  private redeliver(arrival: number, change: GeneratedChange): void {
    if (!this.mess.strikes("exact_duplicate")) return;
    const { random } = this.mess;
    const at = arrival + (random.chance(0.6) ? 0 : someTime(random, SECOND, 3 * HOUR));
    this.agenda.add(at, { kind: "redeliver", change: { ...change, mess: [...change.mess, "exact_duplicate"] } });
  }

  private sessionDocument({ person }: User): Document {
    return subcollection("therapy_sessions_data", person.uid, "therapy_sessions", documentId(this.random));
  }

  private trackingDocument({ person }: User, day: number | null): Document {
    const id = day === null ? documentId(this.random) : dateText(day);
    return subcollection("period_tracking_data", person.uid, "period_tracking", id);
  }
}

const COLLECTION_OF = {
  session: "therapy_sessions_data",
  day: "period_tracking_data",
  cycle: "period_tracking_data",
  medications: "medications_data",
  profile: "user_health_data",
} as const;

function topLevel(prefix: Prefix, collection: string, id: string): Document {
  return { prefix, path: `${collection}/${id}`, id, pathParams: "{}", data: null };
}

function subcollection(prefix: Prefix, uid: string, collection: string, id: string): Document {
  return { prefix, path: `users/${uid}/${collection}/${id}`, id, pathParams: `{"userId":"${uid}"}`, data: null };
}

/** So late on the same day that a session runs past midnight. */
function lateEvening(random: SeededRandom, at: number): number {
  return dayOf(at) * DAY + someTime(random, 23.6 * HOUR, 24 * HOUR);
}
