// receiver.mjs FILE - a webhook receiver for Alertmanager on 127.0.0.1:$PORT:
// each message's body becomes one line of FILE.
import { createServer } from 'node:http';
import { appendFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2];
writeFileSync(file, '');

createServer((request, response) => {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		const body = Buffer.concat(parts).toString();
		if (request.method === 'POST')
			appendFileSync(file, `${JSON.stringify(JSON.parse(body))}\n`);
		response.end();
	});
}).listen(Number(process.env.PORT), '127.0.0.1');
