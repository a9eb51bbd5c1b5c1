// Answers questions with an engine from npm, installed by setup.sh. usage: read.mjs ENGINE < QUESTIONS
// QUESTIONS is a JSON array of {files, columns, sql, conditions}. Each answer is one line: a JSON array of rows, each an array of texts
// in the order of the columns, null where the engine has null.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const installed = new URL('../../artifacts/readers/', import.meta.url)
const require = createRequire(installed)
const load = module => import(new URL(`node_modules/${module}`, installed))

/** chDB's embedded server. Its SQL names the files. */
async function clickhouse() {
  const { query } = require('chdb')
  return async ({ sql }) => query(sql, 'JSONCompactEachRow').split('\n').filter(line => line).map(line => JSON.parse(line))
}

/**
 * The SQL names the files as the table "events". Columns that one file lacks are null, and types are unified: from an unsigned
 * and a signed number of 64 bits Polars makes a float, so unsigned columns of version 1 are cast to signed first.
 */
async function polars() {
  const pl = require('nodejs-polars')
  return async ({ files, sql }) => {
    const scans = files.map(file => pl.scanParquet(file))
    const signed = pl.cols('cgroup_id', 'bytes_sent', 'bytes_received').cast(pl.Int64)
    const events = scans.length === 1 ? scans[0] : pl.concat(scans.map(scan => scan.withColumns(signed)), { how: 'diagonalRelaxed' })
    const answer = pl.SQLContext({ events }).execute(sql, { eager: true })
    return answer.rows()
  }
}

/** Plain JavaScript, one file at a time. */
async function hyparquet() {
  const { asyncBufferFromFile, parquetReadObjects } = await load('hyparquet/src/node.js')
  const { compressors } = await load('hyparquet-compressors/src/index.js')
  const operators = { '=': '$eq', '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' }
  const valueOf = c => c.value === null ? null : c.isLarge ? BigInt(c.value) : c.isSmall ? Number(c.value) : c.isFlag ? c.value === 'true' : c.value
  const parsers = { timestampFromMicroseconds: micros => micros } // the default, a Date, has milliseconds
  return async ({ files, columns, conditions }) => {
    const filter = conditions.length ? { $and: conditions.map(c => ({ [c.column]: { [operators[c.op]]: valueOf(c) } })) } : undefined
    const rows = []
    for (const file of files) {
      rows.push(...await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors, parsers, filter, useBloomFilters: true }))
    }

    return rows.map(row => columns.map(column => row[column] == null ? null : String(row[column])))
  }
}

const answer = await { clickhouse, polars, hyparquet }[process.argv[2]]()
for (const question of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    process.stdout.write(JSON.stringify(await answer(question)) + '\n')
  } catch (failure) {
    throw new Error(`${JSON.stringify(question)}: ${failure.message}`)
  }
}
