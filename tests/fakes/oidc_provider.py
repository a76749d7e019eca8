"""A small OpenID provider on 127.0.0.1: it checks what a real one checks, and can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "shoupiao-test", "s3cret-of-the-test"
Json = dict[str, Any]


@dataclass
class Provider:
    """The provider: who is signed in there, and how it answers."""

    redirect_uri: str
    issuer: str = ""
    #: Who is signed in at the provider, as claims.
    user: Json = field(default_factory=lambda: {"sub": "u-1", "preferred_username": "wang.xm", "name": "王小明"})
    #: What only the user info tells.
    more: Json = field(default_factory=dict)
    #: Changes the claims of a token before it is signed.
    spoil: Callable[[Json], Json] = lambda claims: claims
    #: Signs a token, with the key of the provider unless told otherwise.
    sign: Callable[[Json], str] | None = None
    #: Changes the metadata.
    metadata: Json = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    codes: dict[str, Json] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def authorize(self, address: str) -> str:
        """What the browser of the user gets from the authorization endpoint: the address to go back to."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        assert asked["client_id"] == CLIENT_ID
        assert asked["redirect_uri"] == self.redirect_uri
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        query = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{self.redirect_uri}?{urllib.parse.urlencode(query)}"

    def exchange(self, form: Json, authorization: str) -> tuple[int, Json]:
        """The token endpoint."""
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        good = (
            authorization == f"Basic {expected}"
            and asked is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == asked["redirect_uri"]
            and challenge.decode().rstrip("=") == asked["code_challenge"]
        )
        if not good or asked is None:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        signed = (self.sign or self.signed)(self.spoil({**claims, **self.user}))
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def signed(self, claims: Json) -> str:
        """A token as the provider signs it."""
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def answer(self, path: str) -> tuple[int, Json]:
        """What can be read without a form."""
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            places |= {"userinfo_endpoint": "userinfo"} if self.more else {}
            told = {name: f"{self.issuer}/{place}" for name, place in places.items()}
            return 200, {"issuer": self.issuer, **told, **self.metadata}
        if path == "/jwks":
            return 200, dict(KeySet([self.key]).as_dict(private=False))
        return 404, {}


@contextmanager
def running_provider(redirect_uri: str) -> Iterator[Provider]:
    """The provider on a free port, until the test is over."""
    provider = Provider(redirect_uri)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urllib.parse.urlsplit(self.path).path
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            if path == "/userinfo":
                allowed = bearer in provider.tokens
                self._send(*((200, {"sub": provider.user["sub"], **provider.more}) if allowed else (401, {})))
            else:
                self._send(*provider.answer(path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            form = dict(urllib.parse.parse_qsl(body))
            self._send(*provider.exchange(form, self.headers.get("authorization", "")))

        def _send(self, status: int, told: Json) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join(5)
