"""How the clients are told about brokers, encryption and logins."""

from __future__ import annotations

import ssl
from typing import Any

import faust

from streamdeid.errors import SettingsError
from streamdeid.settings import Security, Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """What aiokafka's and kafka-python's clients take alike.

    Raises:
        SettingsError: a certificate cannot be read.
    """
    security = settings.security
    options: dict[str, Any] = {
        "bootstrap_servers": settings.brokers.split(","),
        "security_protocol": security.protocol,
        "ssl_context": ssl_context(security),
    }
    if security.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": security.sasl_mechanism,
            "sasl_plain_username": security.sasl_username,
            "sasl_plain_password": security.sasl_password,
        }
    return options


def faust_options(settings: Settings) -> dict[str, Any]:
    """The same for a Faust app."""
    security = settings.security
    return {
        "broker": "kafka://" + ";".join(settings.brokers.split(",")),
        "broker_credentials": _credentials(security, ssl_context(security)),
    }


def ssl_context(security: Security) -> ssl.SSLContext | None:
    """The TLS context, None where brokers are spoken to in the clear.

    Raises:
        SettingsError: a certificate or key cannot be read.
    """
    if not security.protocol.endswith("SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=security.ca_file)
        if security.certificate_file is not None:
            context.load_cert_chain(security.certificate_file, security.key_file)
    except (OSError, ssl.SSLError) as fault:
        raise SettingsError(f"the TLS certificates cannot be used: {type(fault).__name__}") from None
    return context


def _credentials(security: Security, context: ssl.SSLContext | None) -> Any:
    if security.protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=security.sasl_username,
            password=security.sasl_password,
            ssl_context=context,
            mechanism=security.sasl_mechanism,
        )
    return faust.SSLCredentials(context=context) if context is not None else None
