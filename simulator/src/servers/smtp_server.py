"""A mail server on loopback for tests: keeps what it accepts, one JSON object a line on standard output.

The address says how a recipient is treated: bounce…@ is refused for ever, busy…@ once. It ends with its standard input.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.refused_once = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("bounce"):
            return f"550 5.1.1 <{address}>: Recipient address rejected"
        if address.startswith("busy") and address not in self.refused_once:
            self.refused_once.add(address)
            return f"450 4.2.0 <{address}>: Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: message.get_body((kind,)).get_content().replace("\r\n", "\n")
        record = {
            "to": envelope.rcpt_tos,
            "encrypted": server.transport.get_extra_info("cipher") is not None,
            "signed_in": bool(session.authenticated),
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": part("plain"),
            "html": part("html"),
        }
        print(json.dumps(record), flush=True)
        return "250 Message accepted for delivery"


def sign_in(user, password):
    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login.decode(), data.password.decode()) == (user, password)
        return AuthResult(success=good, handled=good)

    return authenticate


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user", help="name:password")
    options = parser.parse_args()
    settings = {}
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    if options.tls == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if options.user:
        settings |= {
            "authenticator": sign_in(*options.user.split(":", 1)),
            "auth_required": True,
            "auth_require_tls": options.tls == "starttls",
        }
    handler = Handler()
    implicit = context if options.tls == "implicit" else None
    factory = lambda: SMTP(handler, hostname="localhost", **settings)
    await asyncio.get_running_loop().create_server(factory, "127.0.0.1", options.port, ssl=implicit)
    print(json.dumps({"listening": options.port}), flush=True)
    await asyncio.Event().wait()


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
asyncio.run(main())
