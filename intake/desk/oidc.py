"""Signing in through the company's own provider: OpenID Connect, authorization code with PKCE, state and nonce.

Nothing is kept between the two halves but in the browser that began (``Flow``, a cookie): who did not begin cannot end.
Metadata and keys are asked for anew each time, so that a provider may change them whenever it likes.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from intake.errors import IntakeError
from intake.settings import Oidc

CALLBACK = "/login/oidc/callback"
#: Signatures that a provider may use. Never ``none``, and never one that is made with a secret that we hold too.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_SECONDS, _LEEWAY = 10.0, 60
Json = dict[str, Any]


class SignInRefused(IntakeError):
    """The provider's answer does not let anybody in.

    ``why`` is ``flow`` (not begun in this browser, or too long ago), ``provider`` (it said no, or nothing that makes
    sense), ``token`` (forged, stale, or for somebody else), ``unknown`` (nobody here goes by it), ``disabled``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Flow:
    """What the browser keeps while its owner is with the provider, and where it wanted to go."""

    state: str
    nonce: str
    verifier: str
    target: str


def begin(oidc: Oidc, target: str) -> tuple[str, Flow]:
    """Where to send the browser, and what it must bring back.

    Raises:
        SignInRefused: the provider does not answer.
    """
    flow = Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), target)
    with _client(oidc) as client:
        metadata = _metadata(client, oidc)
        address, _ = client.create_authorization_url(
            metadata["authorization_endpoint"], state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
        )
    return str(address), flow


def finish(oidc: Oidc, flow: Flow | None, answer: Mapping[str, str]) -> Json:
    """What the provider says of somebody, proven: its claims, ``iss`` and ``sub`` among them.

    Raises:
        SignInRefused: and why.
    """
    if flow is None or not hmac.compare_digest(flow.state, answer.get("state", "")):
        raise SignInRefused("flow")
    if answer.get("iss", oidc.issuer) != oidc.issuer or "code" not in answer:
        raise SignInRefused("provider")
    with _client(oidc) as client:
        metadata = _metadata(client, oidc)
        token = _token(client, metadata, answer["code"], flow.verifier)
        keys = _json(client, metadata["jwks_uri"])
        claims = _claims(oidc, keys, token, flow.nonce)
        return claims | _user_info(client, metadata, oidc, claims)


def _client(oidc: Oidc) -> Any:
    return OAuth2Client(
        oidc.client_id, oidc.client_secret.get_secret_value(), scope=oidc.scopes,
        redirect_uri=oidc.address.rstrip("/") + CALLBACK, code_challenge_method="S256", timeout=_SECONDS,
    )  # fmt: skip


def _metadata(client: Any, oidc: Oidc) -> Json:
    told = _json(client, oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
    named = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if told.get("issuer") != oidc.issuer or not all(isinstance(one, str) for one in named.values()):
        raise SignInRefused("provider")
    return told


def _json(client: Any, address: str) -> Json:
    try:
        answer = client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        told = answer.json()
    except (httpx2.HTTPError, ValueError) as trouble:
        raise SignInRefused("provider") from trouble
    if not isinstance(told, dict):
        raise SignInRefused("provider")
    return told


def _token(client: Any, metadata: Json, code: str, verifier: str) -> Json:
    if "client_secret_basic" not in metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  # the name of a method
    try:
        return dict(client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier))
    except (httpx2.HTTPError, AuthlibBaseError, ValueError) as trouble:
        raise SignInRefused("provider") from trouble


def _claims(oidc: Oidc, keys: Any, token: Json, nonce: str) -> Json:
    options = {name: {"essential": True, "value": value} for name, value in
               (("iss", oidc.issuer), ("aud", oidc.client_id))}  # fmt: skip
    params = {"nonce": nonce, "client_id": oidc.client_id, "access_token": token.get("access_token")}
    try:
        signed = jwt.decode(str(token.get("id_token", "")), KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        claims = CodeIDToken(signed.claims, signed.header, options=options, params=params)
        claims.validate(leeway=_LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as trouble:
        raise SignInRefused("token") from trouble
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise SignInRefused("token")
    return dict(claims)


def _user_info(client: Any, metadata: Json, oidc: Oidc, claims: Json) -> Json:
    """What the token leaves out of the claims that we look at; some providers tell of groups only when asked."""
    wanted = (oidc.name_claim, oidc.roles_claim, oidc.companies_claim, oidc.departments_claim, oidc.department_claim)
    if "userinfo_endpoint" not in metadata or all(claimed(claims, one) is not None for one in wanted if one):
        return {}
    try:
        answer = client.get(metadata["userinfo_endpoint"])
        answer.raise_for_status()
        told = answer.json()
    except (httpx2.HTTPError, AuthlibBaseError, ValueError) as trouble:
        raise SignInRefused("provider") from trouble
    if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
        raise SignInRefused("token")
    return {name: value for name, value in told.items() if name not in claims}


def claimed(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by its path through objects; None where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
