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
  /** What the run must say. */
  readonly says: readonly RegExp[];
}

const commit = (repository: string): void => {
  must("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--all", "--message", "Change"]);
};

/** A commit of its own on top of the newest version, with the compose file changed. */
const changeCompose = ({ repository }: Guestbook, from: string, to: string): void => {
  replaceIn(join(repository, "compose.yml"), from, to);
  commit(repository);
};

const executable = (file: string, text: string): void => writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });

/** In the sandbox a container's paths are mapped. */
const inData = (what: string): string =>
  `const fs=require('fs'),d=(process.env.SANDBOX_ROOTFS||'')+'/data/';for(const n of fs.readdirSync(d))fs.rmSync(d+n);${what}`;

const dbImage = "    image: local/guestbook-db:1.2.0\n";
const dbCheck =
  'test: ["CMD", "node", "db.js", "--health"]\n      interval: 1s\n      timeout: 30s\n      retries: 10\n      start_period: 2s';

const withSettings = ({ operator }: Guestbook, from: string, to: string): void =>
  replaceIn(join(operator, "guestbook", "recipe.yml"), from, to);

/** A recipe that must run first, and whose service dies at once. */
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
    title: "whose new version dies at once is rolled back by the Swarm, and that is what it says",
    spoil: (guestbook) => changeCompose(guestbook, "image: local/guestbook-db:1.2.0", "image: local/notes-broken:1.0.0"),
    code: 1,
    says: [/rolled-back: /, /cannot open \/etc\/notes\/license\.key/],
  },
  {
    title: "whose new version never becomes healthy is red in time, and names a service",
    spoil: (guestbook) => {
      changeCompose(guestbook, dbCheck, 'test: ["CMD", "node", "-e", "process.exit(1)"]\n      interval: 1s\n      start_period: 10m');
      withSettings(guestbook, "deploy: 4m", "deploy: 60s");
    },
    code: 1,
    // Whether the Swarm has given the update up by then is its own business.
    says: [/(?:not-healthy|rolled-back): .*_(?:app|db)/],
  },
  {
    title: "whose new version lives just long enough to be taken for well is red when it dies",
    spoil: (guestbook) => {
      changeCompose(
        guestbook,
        dbImage,
        `${dbImage}    command: ["node", "-e", "setTimeout(() => process.exit(3), 4000); require(process.cwd() + '/db.js')"]\n`,
      );
      // Whatever its tests take: the tier is long enough to see it die.
      executable(join(guestbook.operator, "guestbook", "tests", "upgrade", "20-takes-its-time"), "sleep 5");
    },
    code: 1,
    // The Swarm takes it back where it sees it die in time, and on a busy host the app with it, whose health check is then late.
    says: [/(?:task-died|crash-loop|rolled-back): .*_(?:db|app)/, /_db\.1.*exit code 3/],
  },
  {
    title: "whose new version clears a volume has lost data",
    spoil: (guestbook) =>
      changeCompose(guestbook, dbImage, `${dbImage}    command: ["node", "-e", "${inData("require(process.cwd()+'/db.js')")}"]\n`),
    code: 1,
    says: [/FAILED {2}data in the volumes survived/, /volume entries: \.recipe-ci-marker-1 is gone/],
  },
  {
    title: "whose new version mounts another volume in place of the one with the data has lost them",
    spoil: (guestbook) => {
      changeCompose(guestbook, "entries:/data", "records:/data");
      changeCompose(guestbook, "  entries:\n", "  records:\n");
    },
    code: 1,
    says: [/FAILED {2}data in the volumes survived/, /no service of .* mounts the volume/],
  },
  {
    title: "whose upgrade asks its operator for something that nobody has acknowledged is red before the app is touched",
    spoil: (guestbook) => withSettings(guestbook, 'upgradeAcknowledged: ["0.3.0+1.2.0"]', "upgradeAcknowledged: []"),
    code: 1,
    says: [/upgrade-needs-hands: /, /TITLE is new and has no default/],
  },
  {
    title: "whose image of the new version cannot be had is red before the app is touched",
    spoil: (guestbook) => changeCompose(guestbook, "image: local/guestbook-db:1.2.0", "image: localhost:1/guestbook-db:9.9.9"),
    code: Number.NaN,
    says: [/localhost:1\/guestbook-db:9\.9\.9/],
  },
  {
    title: "that needs another which does not come up is red, names that one, and removes both",
    spoil: needBrokenNotes,
    code: 1,
    says: [/note-[0-9a-f]{6}/, /cannot open \/etc\/notes\/license\.key/],
  },
  {
    title: "whose hook fails is red, and says which",
    spoil: ({ operator }) => executable(join(operator, "guestbook", "pre_upgrade"), "echo this hook fails on purpose >&2; exit 1"),
    code: 1,
    says: [/pre_upgrade/, /this hook fails on purpose/],
  },
  {
    title: "with a failing test of a tier is red, and says which",
    spoil: ({ operator }) => {
      mkdirSync(join(operator, "guestbook", "tests", "backup"), { recursive: true });
      executable(join(operator, "guestbook", "tests", "backup", "10-fails"), "echo this one fails on purpose; exit 1");
    },
    code: 1,
    says: [/FAILED {2}10-fails/, /this one fails on purpose/],
  },
  {
    title: "whose labels name nothing that is there has an empty backup",
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
    title: "whose dump fails is not backed up",
    spoil: (guestbook) =>
      changeCompose(guestbook, "pre-hook=node db.js --dump", "pre-hook=node -e 'process.exit(4)' | node -e ''; node -e 'process.exit(5)'"),
    code: 1,
    says: [/backup-failed: .*pre-hook of .*_db ended with 5/],
  },
  {
    title: "whose backup is found wrong by the recipe's own look is made three times, and red",
    spoil: (guestbook) => {
      executable(join(guestbook.operator, "guestbook", "backup-has-the-dump"), "echo the dump is empty; exit 1");
      // Three backups take restic minutes on a busy host.
      withSettings(guestbook, "tier: 4m", "tier: 12m");
    },
    code: 1,
    says: [/backing up once more \(3 of 3\)/, /backup-unverified: backup-has-the-dump/, /the dump is empty/],
  },
  {
    title: "whose restore spoils what it has restored is red, and says what is lost",
    spoil: (guestbook) => changeCompose(guestbook, "restore.post-hook=node db.js --load", `restore.post-hook=node -e \\"${inData("")}\\"`),
    code: 1,
    says: [/FAILED {2}data in the volumes are as they were in the backup/, /volume entries: \.recipe-ci-marker-1 is gone/],
  },
];
