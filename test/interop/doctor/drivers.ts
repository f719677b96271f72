import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { buildGo, installFromPyPi } from '../venv.js';

/*
 * MongoDB's drivers for Node, Python and Go, the newest ones, each in a program that reads `[{ name, string }]`, connects to
 * some at the same time, and prints `[{ name, isConnected, error }]`. A refused password is a connection.
 */

/** While a driver waits for a node, it tries twice a second. */
const atOnce = 24;

export interface Verdict {
  name: string;
  isConnected: boolean;
  error: string;
}

export const drivers = ['node', 'python', 'go'] as const;
export type Driver = (typeof drivers)[number];

const forNode = `
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

const rows = JSON.parse(await text(process.stdin));
const verdicts = [];
const next = rows.entries();

async function judge(string) {
  let client;
  try {
    client = new MongoClient(string, { serverSelectionTimeoutMS: 8000 });
    const first = await Promise.race([client.db('admin').command({ ping: 1 }), sleep(20_000)]);
    return { isConnected: first !== undefined, error: first === undefined ? 'no answer in 20 s' : '' };
  } catch (error) {
    return { isConnected: error.code === 18, error: error.name + ': ' + error.message };
  } finally {
    client?.close().catch(() => {});
  }
}

async function work() {
  for (const [index, { name, string }] of next) verdicts[index] = { name, ...(await judge(string)) };
}
await Promise.all(Array.from({ length: ${atOnce} }, work));
console.log(JSON.stringify(verdicts));
process.exit();
`;

const forPython = `
import concurrent.futures, json, os, sys
from pymongo import MongoClient

def judge(string):
    try:
        with MongoClient(string, serverSelectionTimeoutMS=8000) as client:
            client.admin.command('ping')
        return True, ''
    except Exception as error:
        return getattr(error, 'code', None) == 18, type(error).__name__ + ': ' + str(error)

rows = json.load(sys.stdin)
pool = concurrent.futures.ThreadPoolExecutor(${atOnce})
asked = [pool.submit(judge, row['string']) for row in rows]
concurrent.futures.wait(asked, timeout=20 * (1 + len(rows) // ${atOnce}))
judged = [future.result() if future.done() else (False, 'no answer in 20 s') for future in asked]
print(json.dumps([{'name': row['name'], 'isConnected': good, 'error': error} for row, (good, error) in zip(rows, judged)]))
sys.stdout.flush()
os._exit(0)
`;

const forGo = `
package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

type verdict struct {
	Name        string \`json:"name"\`
	String      string \`json:"string,omitempty"\`
	IsConnected bool   \`json:"isConnected"\`
	Error       string \`json:"error"\`
}

func ping(address string) error {
	client, err := mongo.Connect(options.Client().ApplyURI(address).SetServerSelectionTimeout(8 * time.Second))
	if err != nil {
		return err
	}
	defer client.Disconnect(context.Background())
	return client.Ping(context.Background(), nil)
}

func judge(row *verdict, places chan bool, done chan<- bool) {
	places <- true
	ended := make(chan error, 1)
	go func(address string) { ended <- ping(address) }(row.String)
	select {
	case err := <-ended:
		row.IsConnected = err == nil || strings.Contains(err.Error(), "(AuthenticationFailed)")
		if err != nil {
			row.Error = err.Error()
		}
	case <-time.After(20 * time.Second):
		row.Error = "no answer in 20 s"
	}
	row.String = ""
	<-places
	done <- true
}

func main() {
	var rows []verdict
	if err := json.NewDecoder(os.Stdin).Decode(&rows); err != nil {
		panic(err)
	}
	places, done := make(chan bool, ${atOnce}), make(chan bool)
	for index := range rows {
		go judge(&rows[index], places, done)
	}
	for range rows {
		<-done
	}
	json.NewEncoder(os.Stdout).Encode(rows)
}
`;

/** Installs the drivers from npm, PyPI and Go's proxy. Returns the words that run each program. */
export async function installDrivers(): Promise<Record<Driver, string[]>> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'ping.mjs'), forNode);
  writeFileSync(join(folder, 'ping.py'), forPython);
  // What the driver needs for a SOCKS5 proxy is not one of its dependencies.
  execFileSync('npm', ['install', '--silent', '--no-audit', '--prefix', folder, 'mongodb@latest', 'socks@latest']);
  return {
    node: [process.execPath, join(folder, 'ping.mjs')],
    python: [join(installFromPyPi('pymongo'), 'python'), join(folder, 'ping.py')],
    go: [await buildGo(forGo)],
  };
}
