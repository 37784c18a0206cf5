"""A mail goes encrypted, to a server that is trusted, and to one address."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from archive.channels.mail import check_address
from archive.errors import WatchError
from archive.store import Archive
from tests.archive.channel_peers import Mails, put, run, watch
from tests.archive.test_web import free_port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 by nobody but itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        ).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, plain[1], plain[0]))
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_encrypted_and_to_a_server_that_is_trusted_only(
    security: str, archive: Archive, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    handler, port = Mails(), free_port()
    tls = {"tls_context": context, "require_starttls": True}
    options = tls if security == "starttls" else {"ssl_context": context}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": security, "FROM": "a@b.vn"}
        for name, value in settings.items():
            monkeypatch.setenv(f"MOIT_NEWS_SMTP_{name}", value)
        watch(archive, ("mail", "lan@example.org"))
        put(archive, 1)
        monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
        assert "CERTIFICATE_VERIFY_FAILED" in run(archive).failures[0]
        assert handler.kept == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert run(archive).failures == []
        assert len(handler.kept) == 1
    finally:
        controller.stop()


@pytest.mark.parametrize(
    "address", ["lan", "a@b\nBcc: x@y.vn", "<lan@a.vn>", "a b@c.vn", "a@b@c", "lan@á.vn", "@a.vn"]
)
def test_a_mail_address_is_one_and_nothing_more(address: str) -> None:
    with pytest.raises(WatchError, match="no mail address"):
        check_address(address)
