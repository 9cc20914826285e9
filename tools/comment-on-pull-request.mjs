// Leaves a report on the open pull request whose head this is, as one comment: the one that begins with the report's first
// line (its marker) is renewed, a missing one is made. Reads GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN, as GitHub
// Actions sets them, and HEAD_OWNER, HEAD_BRANCH, HEAD_SHA of the run that made the report.
import { readFileSync } from "node:fs";

const LIMIT = 65_536;
const PAGE = 100;

function setting(name) {
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(`${name} is not set: this runs in contracts-comment.yml\n`);
  process.exit(2);
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write("name the report: node tools/comment-on-pull-request.mjs report.md\n");
  process.exit(2);
}
const api = `${setting("GITHUB_API_URL")}/repos/${setting("GITHUB_REPOSITORY")}`;
const token = setting("GITHUB_TOKEN");

async function call(method, url, body) {
  const response = await fetch(`${api}${url}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: GitHub answers ${response.status}`);
  return response.json();
}

/** The open pull request of a head; a branch that has moved on since has a newer run, which will comment. */
async function pullRequest(owner, branch, sha) {
  const head = encodeURIComponent(`${owner}:${branch}`);
  const open = await call("GET", `/pulls?state=open&head=${head}&per_page=${PAGE}`);
  return open.find((candidate) => candidate.head.sha === sha);
}

/** Our comment; anybody may write the marker, so that it must be a bot's too. */
async function ownComment(number, marker) {
  for (let page = 1; ; page += 1) {
    const comments = await call("GET", `/issues/${number}/comments?per_page=${PAGE}&page=${page}`);
    const own = comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(marker));
    if (own !== undefined || comments.length < PAGE) return own;
  }
}

async function main() {
  const report = readFileSync(path, "utf8");
  const [marker = ""] = report.split("\n");
  if (!/^<!-- .+ -->$/.test(marker)) throw new Error(`${path} does not begin with a marker`);
  if (report.length > LIMIT) throw new Error(`${path} has ${report.length} characters, more than a comment takes`);
  const found = await pullRequest(setting("HEAD_OWNER"), setting("HEAD_BRANCH"), setting("HEAD_SHA"));
  if (found === undefined) {
    process.stdout.write("no open pull request has this head: nothing to comment on\n");
    return;
  }
  const comment = await ownComment(found.number, marker);
  if (comment === undefined) await call("POST", `/issues/${found.number}/comments`, { body: report });
  else if (comment.body !== report) await call("PATCH", `/issues/comments/${comment.id}`, { body: report });
  process.stdout.write(`commented on ${found.number}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
