// Node's own client of HTTP/2: one connection, many streams. Prints what it saw.
'use strict';
const http2 = require('http2');
const crypto = require('crypto');

const BYTES = 100000;
const session = http2.connect(process.argv[2], {rejectUnauthorized: false});
session.on('error', fail);

function fail(error) {
  console.log('error ' + (error && error.message));
  process.exit(1);
}

/** Sends a request; resolves with status, body and trailers. */
function ask(fields, body) {
  return new Promise((resolve, reject) => {
    const stream = session.request(fields, {endStream: body === undefined});
    const chunks = [];
    let status, trailers = {};
    stream.on('response', head => { status = head[':status']; });
    stream.on('trailers', fields => { trailers = fields; });
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve({status, trailers, body: Buffer.concat(chunks)}));
    if (body !== undefined) {
      stream.end(body);
    }
  });
}

/** Opens a stream with a long answer and ends it with CANCEL at its first bytes. */
function cancel() {
  return new Promise((resolve, reject) => {
    const stream = session.request({':path': '/bytes/100000000'});
    stream.on('error', reject);
    stream.once('data', () => stream.close(http2.constants.NGHTTP2_CANCEL));
    stream.on('close', resolve);
  });
}

async function main() {
  const all = await Promise.all(Array.from({length: 200}, () => ask({':path': '/bytes/' + BYTES})));
  const hashes = new Map();
  for (const answer of all) {
    const hash = crypto.createHash('sha256').update(answer.body).digest('hex');
    hashes.set(hash, (hashes.get(hash) || 0) + 1);
  }
  hashes.forEach((count, hash) => console.log(`bytes ${hash} ${count} times`));

  const chunked = await ask({':path': '/chunked/' + BYTES, 'te': 'trailers'});
  console.log('trailer x-demo-bytes ' + chunked.trailers['x-demo-bytes']);

  const body = crypto.randomBytes(1 << 20);
  const echo = await ask({':path': '/echo', ':method': 'POST'}, body);
  console.log('echo ' + (echo.body.equals(body) ? 'equal' : 'differs'));

  await cancel();
  const after = await ask({':path': '/bytes/1'});
  console.log('cancelled, then ' + after.status);
  session.close();
}

main().catch(fail);
