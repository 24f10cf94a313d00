/** The programs that try other people's clients: what each needs on the machine, how its client is installed, and how it is run. */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Program {
  readonly name: string;
  /** Binaries that must be there, the first by several names. */
  readonly needs: readonly (readonly string[])[];
  /** Commands that bring the client into a folder that is kept between runs; where they fail, the program is skipped. */
  readonly install: (folder: string) => readonly Command[];
  /** Commands that make the program out of its sources and the client; they may not fail. */
  readonly build?: (folder: string) => readonly Command[];
  readonly run: (folder: string) => Command;
}

const HERE = import.meta.dirname;

/** The sources of a language lie in the folder in which they are built. */
function copySources(language: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(HERE, language), folder, { recursive: true });
}

const python = (name: string, script: string, requirement: string): Program => ({
  name: `Python: ${name}`,
  needs: [['python3']],
  install: (folder) => [
    { file: 'python3', args: ['-m', 'venv', folder] },
    {
      file: join(folder, 'bin/pip'),
      args: ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15', ...requirement.split(' ')],
    },
  ],
  run: (folder) => ({ file: join(folder, 'bin/python'), args: [join(HERE, 'python', script)] }),
});

const go = (name: string, directory: string): Program => ({
  name: `Go: ${name}`,
  needs: [['go']],
  install(folder) {
    copySources('go', folder);
    return [{ file: 'go', args: ['-C', folder, 'mod', 'download'] }];
  },
  build: (folder) => [{ file: 'go', args: ['-C', folder, 'build', '-o', `${directory}.out`, `./${directory}`] }],
  run: (folder) => ({ file: join(folder, `${directory}.out`), args: [] }),
});

const java = (name: string, mainClass: string): Program => ({
  name: `Java: ${name}`,
  needs: [['java'], ['javac'], ['mvn']],
  install(folder) {
    copySources('java', folder);
    const args = ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:build-classpath'];
    return [{ file: 'mvn', args: [...args, `-Dmdep.outputFile=${join(folder, 'classpath.txt')}`] }];
  },
  build: (folder) => [
    {
      file: 'javac',
      args: ['-d', join(folder, 'classes'), '-cp', classPath(folder), join(folder, 'Checks.java'), join(folder, `${mainClass}.java`)],
    },
  ],
  run: (folder) => ({ file: 'java', args: ['-cp', `${join(folder, 'classes')}:${classPath(folder)}`, mainClass] }),
});

const classPath = (folder: string): string => readFileSync(join(folder, 'classpath.txt'), 'utf8').trim();

const node = (name: string, script: string, requirement: string): Program => ({
  name: `Node: ${name}`,
  needs: [['node'], ['npm']],
  install(folder) {
    copySources('node', folder);
    return [{ file: 'npm', args: ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, requirement] }];
  },
  run: (folder) => ({ file: 'node', args: [join(folder, script)] }),
});

export const PROGRAMS: readonly Program[] = [
  python('influxdb-client, the newest', 'v2.py', '--upgrade influxdb-client'),
  python('influxdb-client 1.36', 'v2.py', 'influxdb-client==1.36.1 setuptools<81'),
  python('influxdb (v1)', 'v1.py', 'influxdb==5.3.2'),
  go('influxdb-client-go/v2', 'v2'),
  go('influxdb1-client/v2', 'v1'),
  java('influxdb-client-java', 'V2'),
  java('influxdb-java (v1)', 'V1'),
  node('influx (v1)', 'v1.mjs', 'influx@5.12.0'),
  {
    name: 'Telegraf: its outputs for v2 and v1',
    needs: [['telegraf'], ['node']],
    install: () => [],
    run: () => ({ file: 'node', args: [join(HERE, 'telegraf', 'outputs.mjs')] }),
  },
];
