"""A small OpenID Connect server: a process of its own that signs with a key of its own.

It lets in whoever the test says, at once, and can be told to misbehave in one way at a time. It
judges the client as a real one does: its secret, the address to come back to, PKCE, a code once.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "alapp", "a secret of alapp and the server"
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class OidcServer:
    """The server as a test speaks to it."""

    url: str

    def lets_in(self, **claims: Any) -> None:
        requests.post(f"{self.url}/control", json={"claims": claims}, timeout=5)

    def misbehaves(self, how: str) -> None:
        requests.post(f"{self.url}/control", json={"how": how}, timeout=5)

    def asked(self) -> dict[str, str]:
        """Return what the last visit to the page of signing in was asked with."""
        return dict(requests.get(f"{self.url}/asked", timeout=5).json())


@contextmanager
def running() -> Iterator[OidcServer]:
    command = [sys.executable, "-m", "tests.support.oidc"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield OidcServer(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(timeout=10)


class State:
    """What one server knows: its keys, whom it lets in, and the codes that are out."""

    def __init__(self) -> None:
        self.key, self.other_key = _key(), _key()
        self.url = ""
        self.claims: dict[str, Any] = {}
        self.how = ""
        self.asked: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": "first", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Let the person in at once; return where the browser goes back to."""
        self.asked = asked
        if self.how == "cancels":
            answer = {"error": "access_denied"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            answer = {"code": code}
        state = "made-up" if self.how == "another state" else asked.get("state", "")
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': state})}"

    def exchange(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Give tokens for a code: once, to the client with its secret, by PKCE's verifier."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked.get("code_challenge_method") != "S256" or asked.get("code_challenge") != proof:
            return None
        if asked["redirect_uri"] != sent.get("redirect_uri"):
            return None
        token = secrets.token_urlsafe(16)
        self.tokens[token] = self.claims
        found = {"access_token": token, "token_type": "Bearer", "expires_in": 60}
        return found if self.how == "no id token" else {**found, "id_token": self._signed(asked)}

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        told = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60,
            "nonce": asked.get("nonce", ""), "jti": secrets.token_hex(8), **self.claims,
        }  # fmt: skip
        changes: dict[str, dict[str, Any]] = {
            "another nonce": {"nonce": "of another visit"},
            "another audience": {"aud": "somebody else"},
            "another issuer": {"iss": "https://elsewhere.example.org"},
            "expired": {"iat": now - 9_000, "exp": now - 8_000},
        }
        told |= changes.get(self.how, {})
        if self.how == "unsigned":
            return jwt.encode(told, "", algorithm="none", headers={"kid": "first"})
        if self.how == "a shared secret":
            return jwt.encode(told, SECRET * 2, algorithm="HS256", headers={"kid": "first"})
        key = self.other_key if self.how == "another key" else self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": "first"})

    def userinfo(self, token: str) -> dict[str, Any]:
        other = {"sub": "somebody else"} if self.how == "another person" else {}
        return {**self.tokens[token], **other}


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _handler(state: State) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", state.authorize(_fields(query)))
                self.end_headers()
            elif path == "/userinfo":
                self._reply(state.userinfo(self.headers["Authorization"].removeprefix("Bearer ")))
            elif path == "/keys":
                self._reply(state.keys())
            elif path == "/asked":
                self._reply(state.asked)
            else:
                self._reply(state.discovery())

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == "/control":
                state.__dict__.update(json.loads(sent))
                return self._reply({})
            found = state.exchange(_fields(sent))
            self._reply(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _reply(self, body: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the first line of the output is the address."""

    return Handler


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


def main() -> None:
    state = State()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    print(state.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
