#!/usr/bin/env python3
"""mail_sink.py DIR [--tls now|starttls CERT KEY] [--login USER PASSWORD]
[--answer STAGE TEXT] - a mail server for tests, that keeps what it is sent

aiosmtpd speaks SMTP and Python's email package reads messages: nothing of it
is the project's. The port goes to standard output; each message that is taken
goes to DIR/NUMBER.json, read back from what arrived. STAGE is rcpt or data and
TEXT the answer there, such as "450 later"; drop: the line breaks after the
text. It ends with standard input.
"""
import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument('directory')
parser.add_argument('--tls', nargs=3)
parser.add_argument('--login', nargs=2)
parser.add_argument('--answer', nargs=2)
options = parser.parse_args()


class Keeper:
    """Takes messages, or answers as it was told."""
    taken = 0

    async def handle_RCPT(self, server, session, envelope, address, rest):
        if options.answer and options.answer[0] == 'rcpt':
            return options.answer[1]
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        if options.answer and options.answer[0] == 'data':
            return options.answer[1]
        if options.answer and options.answer[0] == 'drop':
            server.transport.abort()
            return '250 never heard'
        raw = envelope.original_content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.taken += 1
        found = {
            'envelope': [envelope.mail_from, *envelope.rcpt_tos],
            'tls': session.ssl is not None,
            'login': session.auth_data.login.decode()
            if session.auth_data else None,
            'fields': {name: str(value) for name, value in message.items()},
            'defects': [str(one) for one in message.defects]
            + [str(one) for value in message.values()
               for one in value.defects],
            'to': [str(one.addr_spec) for one in message['To'].addresses],
            'date': message['Date'].datetime.isoformat(),
            'charset': message.get_content_charset(),
            'text': message.get_content().replace('\r\n', '\n'),
            'longest': max(len(line) for line in raw.split(b'\r\n')),
            'bare': raw.replace(b'\r\n', b'').count(b'\n')
            + raw.replace(b'\r\n', b'').count(b'\r'),
            'ascii': raw.isascii(),
        }
        path = os.path.join(options.directory, f'{self.taken}.json')
        with open(path + '.new', 'w', encoding='utf-8') as file:
            json.dump(found, file, ensure_ascii=False)
        os.rename(path + '.new', path)
        return '250 taken'


def sign_in(server, session, envelope, mechanism, data):
    good = data.login.decode() == options.login[0] \
        and data.password.decode() == options.login[1]
    return AuthResult(success=good, handled=False, auth_data=data)


settings = {}
context = None
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls[1], options.tls[2])
    if options.tls[0] == 'starttls':
        settings.update(tls_context=context, require_starttls=True)
        context = None
if options.login:
    settings.update(authenticator=sign_in, auth_required=True,
                    auth_require_tls=bool(options.tls)
                    and options.tls[0] == 'starttls')


async def main():
    loop = asyncio.get_running_loop()
    keeper = Keeper()
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, **settings), '127.0.0.1', 0,
        ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
