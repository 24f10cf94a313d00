/** The DuckDB engine does what every engine does. */
import { openDuckDbEngine } from './duckdb.js';
import { testSeriesEngine } from './series.contract.js';

testSeriesEngine('DuckDB', (directory) => openDuckDbEngine({ directory, memoryLimitBytes: 256 * 1024 * 1024, threads: 2 }));
