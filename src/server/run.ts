/** The life of the server's process: it starts, and ends when a signal tells it to. */
import { pino, type Logger } from 'pino';
import type { LoadedConfig } from '../config/load.js';
import { KINDS } from '../kinds/index.js';
import { startServer, type RunningServer } from '../server.js';
import { isFirstStart } from './image-start.js';
import { writePidFile } from './pid-file.js';
import { logSignals } from './signals.js';
import { unattendedSetupOf } from './unattended-setup.js';

/** Requests in flight get this long when the server is told to stop. */
const STOP_TIMEOUT_MS = 30_000;

export async function runServer({ config, dataDirBy, ignored, filePath }: LoadedConfig): Promise<void> {
  // Whatever a library makes in the data directory is for its owner alone.
  process.umask(0o077);
  const logger = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  logger.info({ dataDir: config.dataDir, by: dataDirBy }, 'data directory');
  logSignals(logger, config.tls !== undefined);
  if (filePath !== undefined) logger.info({ file: filePath }, 'configuration file read');
  if (ignored.length > 0) logger.info({ options: ignored }, 'InfluxDB options that have no effect in Sluice are ignored');
  const removePidFile = config.pidFile === '' ? undefined : writePidFile(config.pidFile, config.overwritePidFile);
  process.once('exit', () => removePidFile?.());
  const isFirst = isFirstStart(config, process.env);
  if (isFirst) logger.info("started by the entry point of InfluxDB's container image, which runs the setup");
  const unattendedSetup = unattendedSetupOf(process.env);
  const server = await startServer({ config, logger, clock: Date.now, kinds: KINDS, unattendedSetup, isFirstStart: isFirst });
  renewCertificateOnSignal(server, logger);
  stopOnSignal(() => server.stop(), logger);
}

/** What renews certificates asks for it so, as of every server that reads them again. */
function renewCertificateOnSignal({ renewCertificate }: RunningServer, logger: Logger): void {
  if (renewCertificate === undefined) return;
  process.on('SIGHUP', () => {
    try {
      renewCertificate();
      logger.info('certificate reloaded');
    } catch (error) {
      logger.error({ err: error }, 'the certificate cannot be reloaded; the previous one stays in use');
    }
  });
}

/** The first signal lets requests finish, the second one does not wait. */
function stopOnSignal(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const impatience = setTimeout(() => {
      logger.error('requests in progress took too long; stopping anyway');
      process.exit(1);
    }, STOP_TIMEOUT_MS);
    impatience.unref();
    stop().then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
