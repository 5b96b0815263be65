import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../children.js";
import { replaceIn } from "../replace-in.js";

/** The guestbook and the operator's folder for it, a copy for one test each. */
export interface Guestbook {
  readonly repository: string;
  readonly operator: string;
}

export interface RedWay {
  readonly title: string;
  /** What a maintainer or an operator has done wrong. */
  readonly spoil: (guestbook: Guestbook) => void;
  readonly code: number;
  /** What the output of the run must match. */
  readonly says: readonly RegExp[];
}

const commit = (repository: string): void => {
  must("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--all", "--message", "Change"]);
};

/** Changes the compose file in a commit on top of the newest version. */
const changeCompose = ({ repository }: Guestbook, from: string, to: string): void => {
  replaceIn(join(repository, "compose.yml"), from, to);
  commit(repository);
};

const executable = (file: string, text: string): void => writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });

/** Clears /data, which the sandbox maps to another folder, and then does `what`. */
const inData = (what: string): string =>
  `const fs=require('fs'),d=(process.env.SANDBOX_ROOTFS||'')+'/data/';for(const n of fs.readdirSync(d))fs.rmSync(d+n);${what}`;

const dbImage = "    image: local/guestbook-db:1.2.0\n";
const dbCheck =
  'test: ["CMD", "node", "db.js", "--health"]\n      interval: 1s\n      timeout: 30s\n      retries: 10\n      start_period: 2s';

const withSettings = ({ operator }: Guestbook, from: string, to: string): void =>
  replaceIn(join(operator, "guestbook", "recipe.yml"), from, to);

/** Gives the guestbook a dep whose service dies at once. */
const needBrokenNotes = ({ repository, operator }: Guestbook): void => {
  const notes = `${repository}-needs-notes`;
  must("examples/lay-out.sh", ["notes", notes]);
  replaceIn(join(notes, "compose.yml"), "local/notes-app:1.1.0", "local/notes-broken:1.0.0");
  commit(notes);
  appendFileSync(join(operator, "guestbook", "recipe.yml"), `deps:\n  - recipe: notes\n    src: ${notes}\n    ref: main\n`);
};

/** One for each way in which an upgrade, a backup or a restore goes wrong. */
export const redWays: readonly RedWay[] = [
  {
    title: "is red as rolled back if its new version dies at once",
    spoil: (guestbook) => changeCompose(guestbook, "image: local/guestbook-db:1.2.0", "image: local/notes-broken:1.0.0"),
    code: 1,
    says: [/rolled-back: /, /cannot open \/etc\/notes\/license\.key/],
  },
  {
    title: "is red within its limits if its new version never becomes healthy, and the run names a service",
    spoil: (guestbook) => {
      changeCompose(guestbook, dbCheck, 'test: ["CMD", "node", "-e", "process.exit(1)"]\n      interval: 1s\n      start_period: 10m');
      withSettings(guestbook, "deploy: 4m", "deploy: 60s");
    },
    code: 1,
    // Whether the Swarm has given the update up by then is its own business.
    says: [/(?:not-healthy|rolled-back): .*_(?:app|db)/],
  },
  {
    title: "is red if its new version settles and dies later",
    spoil: (guestbook) => {
      changeCompose(
        guestbook,
        dbImage,
        `${dbImage}    command: ["node", "-e", "setTimeout(() => process.exit(3), 4000); require(process.cwd() + '/db.js')"]\n`,
      );
      // However fast the other tests are, the tier lasts until the service dies.
      executable(join(guestbook.operator, "guestbook", "tests", "upgrade", "20-takes-its-time"), "sleep 5");
    },
    code: 1,
    // The Swarm rolls back if it sees the death in time, and on a busy host also the app, whose health check is then late.
    says: [/(?:task-died|crash-loop|rolled-back): .*_(?:db|app)/, /_db\.1.*exit code 3/],
  },
  {
    title: "is red for lost data if its new version clears a volume",
    spoil: (guestbook) =>
      changeCompose(guestbook, dbImage, `${dbImage}    command: ["node", "-e", "${inData("require(process.cwd()+'/db.js')")}"]\n`),
    code: 1,
    says: [/FAILED {2}data in the volumes survived/, /volume entries: \.recipe-ci-marker-1 is gone/],
  },
  {
    title: "is red for lost data if its new version mounts another volume instead of the one with the data",
    spoil: (guestbook) => {
      changeCompose(guestbook, "entries:/data", "records:/data");
      changeCompose(guestbook, "  entries:\n", "  records:\n");
    },
    code: 1,
    says: [/FAILED {2}data in the volumes survived/, /no service of .* mounts the volume/],
  },
  {
    title: "is red before the app is touched if the upgrade needs the operator's hands and nobody acknowledged that",
    spoil: (guestbook) => withSettings(guestbook, 'upgradeAcknowledged: ["0.3.0+1.2.0"]', "upgradeAcknowledged: []"),
    code: 1,
    says: [/upgrade-needs-hands: /, /TITLE is new and has no default/],
  },
  {
    title: "is red before the app is touched if an image of the new version cannot be pulled",
    spoil: (guestbook) => changeCompose(guestbook, "image: local/guestbook-db:1.2.0", "image: localhost:1/guestbook-db:9.9.9"),
    code: Number.NaN,
    says: [/localhost:1\/guestbook-db:9\.9\.9/],
  },
  {
    title: "is red if its dep does not come up, and the run names the dep and removes both",
    spoil: needBrokenNotes,
    code: 1,
    says: [/note-[0-9a-f]{6}/, /cannot open \/etc\/notes\/license\.key/],
  },
  {
    title: "is red if a hook fails, and the run names the hook",
    spoil: ({ operator }) => executable(join(operator, "guestbook", "pre_upgrade"), "echo this hook fails on purpose >&2; exit 1"),
    code: 1,
    says: [/pre_upgrade/, /this hook fails on purpose/],
  },
  {
    title: "is red if a tier's test fails, and the run names the test",
    spoil: ({ operator }) => {
      mkdirSync(join(operator, "guestbook", "tests", "backup"), { recursive: true });
      executable(join(operator, "guestbook", "tests", "backup", "10-fails"), "echo this one fails on purpose; exit 1");
    },
    code: 1,
    says: [/FAILED {2}10-fails/, /this one fails on purpose/],
  },
  {
    title: "is red for an empty backup if its labels name only paths that do not exist",
    spoil: (guestbook) =>
      changeCompose(
        guestbook,
        '        - "backupbot.backup.pre-hook=node db.js --dump"\n',
        '        - "backupbot.backup.volumes.entries.path=no-such-dump.json"\n        - "backupbot.backup.volumes.pictures=false"\n',
      ),
    code: 1,
    says: [/backup-failed: .*nothing to back up/],
  },
  {
    title: "is red and not backed up if its dump fails",
    spoil: (guestbook) =>
      changeCompose(guestbook, "pre-hook=node db.js --dump", "pre-hook=node -e 'process.exit(4)' | node -e ''; node -e 'process.exit(5)'"),
    code: 1,
    says: [/backup-failed: .*pre-hook of .*_db ended with 5/],
  },
  {
    title: "is red if the recipe's own check rejects the backup, which is made three times",
    spoil: (guestbook) => {
      executable(join(guestbook.operator, "guestbook", "backup-has-the-dump"), "echo the dump is empty; exit 1");
      // Three backups take restic minutes on a busy host.
      withSettings(guestbook, "tier: 4m", "tier: 12m");
    },
    code: 1,
    says: [/backing up once more \(3 of 3\)/, /backup-unverified: backup-has-the-dump/, /the dump is empty/],
  },
  {
    title: "is red if its restore hook clears the restored data, and the run names what is lost",
    spoil: (guestbook) => changeCompose(guestbook, "restore.post-hook=node db.js --load", `restore.post-hook=node -e \\"${inData("")}\\"`),
    code: 1,
    says: [/FAILED {2}data in the volumes are as they were in the backup/, /volume entries: \.recipe-ci-marker-1 is gone/],
  },
];
