import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tempDirectory } from "./testing/temp-directory";

const SCRIPT = join(__dirname, "../tools/comment-on-pull-request.mjs");
const MARKER = "<!-- medallion contracts diff -->";
const temp = tempDirectory();

interface Comment {
  readonly id: number;
  readonly user: { readonly type: "Bot" | "User" };
  body: string;
}

/** The part of GitHub's REST API that the script calls, over a pull request with comments. */
class GitHub {
  readonly comments: Comment[] = [];
  readonly writes: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  headSha = "abc";
  status = 200;
  private readonly server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      this.authorizations.add(request.headers.authorization);
      response.writeHead(this.status, { "content-type": "application/json" });
      response.end(JSON.stringify(this.answer(request.method ?? "", request.url ?? "", body)));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(method: string, url: string, body: string): unknown {
    const { pathname, searchParams } = new URL(url, "http://github.example");
    if (method !== "GET") this.writes.push(`${method} ${pathname}`);
    const text = body === "" ? "" : (JSON.parse(body) as { body: string }).body;
    if (pathname === "/repos/org/repo/pulls") {
      const isHead = searchParams.get("head") === "stranger:feature" && searchParams.get("state") === "open";
      return isHead ? [{ number: 7, head: { sha: this.headSha } }] : [];
    }
    if (pathname === "/repos/org/repo/issues/7/comments" && method === "GET") {
      const [page, size] = [Number(searchParams.get("page")), Number(searchParams.get("per_page"))];
      return this.comments.slice((page - 1) * size, page * size);
    }
    if (pathname === "/repos/org/repo/issues/7/comments") {
      this.comments.push({ id: this.comments.length + 1, user: { type: "Bot" }, body: text });
      return {};
    }
    const comment = this.comments.find(({ id }) => pathname === `/repos/org/repo/issues/comments/${id}`);
    if (comment !== undefined && method === "PATCH") comment.body = text;
    return {};
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

let github: GitHub;
let url: string;
beforeEach(async () => {
  github = new GitHub();
  url = await github.start();
});
afterEach(() => github.stop());

async function comment(report: string, settings: Record<string, string> = {}) {
  const path = join(temp, "report.md");
  writeFileSync(path, report);
  const environment = {
    PATH: process.env["PATH"],
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "org/repo",
    GITHUB_TOKEN: "token",
    HEAD_OWNER: "stranger",
    HEAD_BRANCH: "feature",
    HEAD_SHA: "abc",
    ...settings,
  };
  const child = spawn(process.execPath, [SCRIPT, path], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const text = { out: "", err: "" };
  child.stdout.on("data", (part: Buffer) => {
    text.out += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    text.err += part.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...text };
}

test("the first report makes a comment, the next renews it, the same again writes nothing", async () => {
  expect(await comment(`${MARKER}\nfirst`)).toEqual({ code: 0, out: "commented on 7\n", err: "" });
  await comment(`${MARKER}\nsecond`);
  await comment(`${MARKER}\nsecond`);
  expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}\nsecond`]);
  expect(github.writes).toEqual(["POST /repos/org/repo/issues/7/comments", "PATCH /repos/org/repo/issues/comments/1"]);
  expect([...github.authorizations]).toEqual(["Bearer token"]);
});

test("our comment is found behind a hundred others, and nobody else's is touched", async () => {
  const others = Array.from({ length: 120 }, (_, i) => ({ id: i + 1, user: { type: "User" as const }, body: MARKER }));
  github.comments.push(...others, { id: 121, user: { type: "Bot" }, body: `${MARKER}\nold` });
  await comment(`${MARKER}\nnew`);
  expect(github.writes).toEqual(["PATCH /repos/org/repo/issues/comments/121"]);
});

test("a pull request that has moved on is left to its newer run", async () => {
  github.headSha = "def";
  const { code, out } = await comment(`${MARKER}\nreport`);
  expect(code).toBe(0);
  expect(out).toContain("no open pull request has this head");
  expect(github.writes).toEqual([]);
});

test("a branch's name is no part of the question that it is asked in", async () => {
  const { out } = await comment(`${MARKER}\nreport`, { HEAD_BRANCH: "feature&state=all" });
  expect(out).toContain("no open pull request has this head");
});

test("what GitHub refuses ends with 1 and says what was asked", async () => {
  github.status = 403;
  const { code, err } = await comment(`${MARKER}\nreport`);
  expect(code).toBe(1);
  expect(err).toMatch(/^GET \/pulls\?.*: GitHub answers 403\n$/);
});

test.each([
  ["no marker", "report", "does not begin with a marker"],
  ["more than a comment takes", `${MARKER}\n${"x".repeat(65_536)}`, "more than a comment takes"],
])("%s is refused before anything is asked", async (_case, report, words) => {
  const { code, err } = await comment(report);
  expect(code).toBe(1);
  expect(err).toContain(words);
  expect(github.authorizations.size).toBe(0);
});

test("a setting that is missing is named", async () => {
  expect(await comment(MARKER, { GITHUB_TOKEN: "" })).toMatchObject({
    code: 2,
    err: expect.stringContaining("GITHUB_TOKEN"),
  });
});
