// Runs one SQL statement in DuckDB (npm's @duckdb/node-api, from the folder DUCKDB) with as many threads
// as it likes; for tests/bench/run.
import { createRequire } from 'node:module';
const { DuckDBInstance } = createRequire(`${process.env.DUCKDB}/`)('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const rows = await (await connection.run(process.argv[2])).getRows();
if (rows.length === 1 && rows[0].length === 1 && typeof rows[0][0] === 'string') console.log(rows[0][0]);
