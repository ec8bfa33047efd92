// One handler behind, and one list of requests in front of, a proxy, over HTTP/1.1 or HTTP/2 without TLS.
// Usage: node pairings.js server http1|http2 PORT     node pairings.js client http1|http2 PORT
'use strict';
const http = require('http');
const http2 = require('http2');

const [role, version, port] = process.argv.slice(2);
let aborts = 0;

// Both versions have this interface of Node's.
function serve(request, response) {
  const body = [];
  response.on('close', () => { aborts += response.writableEnded ? 0 : 1; });
  request.on('data', piece => body.push(piece));
  request.on('error', () => {});
  const path = request.url.split('?')[0];
  if (path === '/hints') {
    response.writeEarlyHints({link: '</a.css>; rel=preload'});
  } else if (path === '/cut') {
    response.writeHead(200);
    response.write('x'.repeat(1000), () => request.stream ? request.stream.close(2) : request.socket.destroy());
    return;
  } else if (path === '/hang') {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(more));
    return;
  } else if (path === '/early') {
    response.writeHead(413, {'x-early': 'yes'});
    response.end('too much');
    return;
  }
  request.on('end', () => answer(path, request, response, Buffer.concat(body).toString()));
}

function answer(path, request, response, body) {
  const fields = request.headers;
  if (path === '/empty') {
    response.writeHead(204);
    response.end();
  } else if (path === '/same') {
    response.writeHead(304, {etag: '"1"'});
    response.end();
  } else if (path === '/length') {
    response.writeHead(200, {'content-length': 5});
    response.end(request.method === 'HEAD' ? undefined : 'hello');
  } else if (path === '/aborts') {
    response.end(JSON.stringify(aborts));
  } else {
    response.writeHead(200, {trailer: 'x-after', 'set-cookie': ['a=1', 'b=2']});
    response.write(JSON.stringify({
      method: request.method,
      host: fields[':authority'] || fields.host,
      cookie: fields.cookie,
      te: fields.te,
      via: fields.via,
      hop: ['keep-alive', 'upgrade', 'http2-settings', 'x-named'].filter(name => name in fields),
      body,
      sum: request.trailers['x-sum'],
    }));
    response.addTrailers({'x-after': 'yes'});
    response.end();
  }
}

// How a client of each version sends the same.
const clients = {
  http1(method, path, options) {
    const fields = {host: 'a.example', te: 'trailers', connection: 'te, x-named', 'x-named': '1'};
    if (options.cookies) {
      fields.cookie = options.cookies.join('; ');
    }
    const request = http.request({port, host: '127.0.0.1', method, path, headers: {...fields, ...options.fields}});
    request.on('information', head => options.result.interim.push(head.statusCode));
    request.on('response', response => {
      head(options.result, response.statusCode, response.headers);
      response.on('end', () => {
        if ('x-after' in response.trailers) {
          options.result.trailers = response.trailers;
        }
      });
      body(options, response, () => request.destroy());
    });
    return request;
  },
  http2(method, path, options) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const fields = {':method': method, ':path': path, ':authority': 'a.example', te: 'trailers'};
    if (options.cookies) {
      fields.cookie = options.cookies;
    }
    const request = session.request({...fields, ...options.fields}, {endStream: !options.body, waitForTrailers: true});
    request.on('wantTrailers', () => request.sendTrailers(options.trailers || {}));
    request.addTrailers = trailers => { options.trailers = trailers; };
    request.on('headers', fields => options.result.interim.push(fields[':status']));
    request.on('response', fields => head(options.result, fields[':status'], fields));
    request.on('trailers', fields => { options.result.trailers = {...fields}; });
    request.on('close', () => session.close());
    body(options, request, () => request.close(8));
    return request;
  },
};

function head(result, status, fields) {
  result.status = status;
  for (const name of ['content-length', 'etag', 'link', 'set-cookie', 'x-early', 'date']) {
    if (name in fields) {
      result[name] = name === 'date' ? 'there' : fields[name];
    }
  }
}

function body(options, response, leave) {
  response.on('data', piece => {
    options.result.body += piece;
    if (options.leave) {
      leave();
    }
  });
  for (const event of ['end', 'error', 'aborted', 'close']) {
    response.on(event, () => options.done(event === 'end'));
  }
}

// With the fields in one order, whichever came first.
function finished(result, whole) {
  const {status, interim, body, trailers, ...fields} = result;
  const seen = body.startsWith('{') ? JSON.parse(body) : body;
  return {status, interim, fields: Object.fromEntries(Object.entries(fields).sort()), seen, trailers, whole};
}

function ask(method, path, options = {}) {
  return new Promise(resolve => {
    options.result = {interim: [], body: ''};
    let over = false;
    options.done = whole => {
      if (!over) {
        over = true;
        // Behind the handlers of the same event.
        setImmediate(() => resolve(finished(options.result, whole && !options.leave)));
      }
    };
    const request = clients[version](method, path, options);
    request.on('error', () => options.done(false));
    const send = () => {
      if (options.sum) {
        request.addTrailers({'x-sum': options.sum});
      }
      request.end(options.body);
    };
    if (options.fields && options.fields.expect) {
      request.on('continue', () => {
        options.result.interim.push(100);
        send();
      });
      if (request.flushHeaders) {
        request.flushHeaders();
      }
    } else if (options.body || version === 'http1') {
      send();
    }
  });
}

async function run() {
  const say = (name, result) => console.log(name + ' ' + JSON.stringify(result));
  say('get', await ask('GET', '/get?x', {cookies: ['a=1', 'b=2']}));
  const announced = version === 'http1' ? {trailer: 'x-sum'} : {};
  say('post', await ask('POST', '/post', {body: 'hello', sum: '17', fields: announced}));
  say('expect', await ask('POST', '/expect', {body: 'hello', fields: {expect: '100-continue'}}));
  say('hints', await ask('GET', '/hints'));
  say('head', await ask('HEAD', '/length'));
  say('length', await ask('GET', '/length'));
  say('empty', await ask('GET', '/empty'));
  say('same', await ask('GET', '/same'));
  say('early', await ask('POST', '/early', {body: 'hello'}));
  const cut = await ask('GET', '/cut');
  say('cut', cut.whole);
  const before = JSON.parse((await ask('GET', '/aborts')).seen);
  await ask('GET', '/hang', {leave: true});
  let after = before;
  while (after === before) { // the test has a time limit
    after = JSON.parse((await ask('GET', '/aborts')).seen);
  }
  say('leave', after - before);
  process.exit(0);
}

if (role === 'server') {
  const server = version === 'http2' ? http2.createServer(serve) : http.createServer(serve);
  server.listen(port, '127.0.0.1');
} else {
  run();
}
