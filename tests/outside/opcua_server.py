"""An OPC UA server that is not ours: variables of all kinds, changed on demand, or counted up all the time."""

import argparse
import asyncio
import shutil
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.truststore import TrustStore
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorOptions
from cryptography.x509.oid import ExtendedKeyUsageOID

URI = "urn:test:server"
START = datetime(2026, 11, 23, 6, 0, 0, tzinfo=timezone.utc)
STATUSES = [ua.StatusCodes.Good, ua.StatusCodes.UncertainLastUsableValue, ua.StatusCodes.BadSensorFailure]

SCALARS = [
    ("truth", True, ua.VariantType.Boolean),
    ("sbyte", -7, ua.VariantType.SByte),
    ("byte", 200, ua.VariantType.Byte),
    ("int16", -300, ua.VariantType.Int16),
    ("uint16", 60000, ua.VariantType.UInt16),
    ("int32", -70000, ua.VariantType.Int32),
    ("uint32", 4000000000, ua.VariantType.UInt32),
    ("int64", -5000000000, ua.VariantType.Int64),
    ("uint64", 5000000000, ua.VariantType.UInt64),
    ("float", 0.5, ua.VariantType.Float),
    ("double", -0.1, ua.VariantType.Double),
    ("string", "ACTIVE", ua.VariantType.String),
    ("array", [1, 2], ua.VariantType.Int32),
    ("time", START, ua.VariantType.DateTime),
    ("nan", float("nan"), ua.VariantType.Double),
]


class Users:
    def __init__(self, name, password):
        self.expected = (name, password)

    def get_user(self, iserver, username=None, password=None, certificate=None):
        return User(role=UserRole.User) if (username, password) == self.expected else None


def value(content, kind, number, status=ua.StatusCodes.Good):
    return ua.DataValue(
        ua.Variant(content, kind),
        ua.StatusCode(status),
        SourceTimestamp=START + timedelta(milliseconds=number),
        ServerTimestamp=START + timedelta(milliseconds=number, seconds=1),
    )


class AllTimes(type):
    def __instancecheck__(cls, one):
        return isinstance(one, datetime)


class OtherClock(datetime, metaclass=AllTimes):
    """A clock that goes wrong by so much."""

    wrong_by = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.wrong_by


def set_clock(wrong_by):
    OtherClock.wrong_by = wrong_by
    for name, module in list(sys.modules.items()):
        if name.startswith("asyncua") and getattr(module, "datetime", None) is datetime:
            module.datetime = OtherClock


async def secure(server, folder, trusted):
    own, key = Path(folder) / "server.der", Path(folder) / "server_key.pem"
    usage, subject = [ExtendedKeyUsageOID.SERVER_AUTH], {"commonName": "test server"}
    await setup_self_signed_certificate(key, own, URI, "localhost", usage, subject)
    await server.load_certificate(str(own))
    await server.load_private_key(str(key))
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
                                ua.SecurityPolicyType.Aes256Sha256RsaPss_Sign])
    if trusted:
        # A store must not be empty.
        shutil.copy(own, Path(trusted) / "server.der")
        store = TrustStore([Path(trusted)], [])
        await store.load()
        options = CertificateValidatorOptions.TRUSTED_VALIDATION | CertificateValidatorOptions.PEER_CLIENT
        server.set_certificate_validator(CertificateValidator(options & ~CertificateValidatorOptions.EXT_KEY_USAGE, store))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--ticks", action="store_true")
    parser.add_argument("--many", type=int, default=0)
    parser.add_argument("--secure")
    parser.add_argument("--trusted")
    parser.add_argument("--user", nargs=2)
    parser.add_argument("--hours", type=float)
    arguments = parser.parse_args()
    if arguments.hours:
        set_clock(timedelta(hours=arguments.hours))
    server = Server(user_manager=Users(*arguments.user) if arguments.user else None)
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{arguments.port}/")
    await server.set_application_uri(URI)
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    if arguments.user:
        server.set_identity_tokens([ua.UserNameIdentityToken])
    if arguments.secure:
        await secure(server, arguments.secure, arguments.trusted)
    index = await server.register_namespace("urn:test")
    assert index == 2, index
    count = await server.nodes.objects.add_variable(ua.NodeId("count", 2), "count", 0, ua.VariantType.Int32)
    nodes = {}
    for name, content, kind in SCALARS:
        first = ua.Variant(content, kind)
        nodes[name] = await server.nodes.objects.add_variable(ua.NodeId(name, 2), name, first)
    numbered = await server.nodes.objects.add_variable(ua.NodeId(5, 2), "numbered", 1, ua.VariantType.Int32)
    many = [
        await server.nodes.objects.add_variable(ua.NodeId(f"many{number}", 2), f"many{number}", number, ua.VariantType.Int32)
        for number in range(arguments.many)
    ]
    async with server:
        print("ready", flush=True)
        if arguments.ticks:
            number = 0
            while True:
                number += 1
                await server.write_attribute_value(count.nodeid, ua.DataValue(ua.Variant(number, ua.VariantType.Int32)))
                await asyncio.sleep(0.02)
        loop = asyncio.get_running_loop()
        while (line := await loop.run_in_executor(None, sys.stdin.readline)).strip():
            word, *rest = line.split()
            if word == "play":
                for number in range(int(rest[0])):
                    status = STATUSES[number % 3]
                    await server.write_attribute_value(count.nodeid, value(number, ua.VariantType.Int32, number, status))
                for number, (name, content, kind) in enumerate(SCALARS):
                    await server.write_attribute_value(nodes[name].nodeid, value(content, kind, number))
                await server.write_attribute_value(numbered.nodeid, value(2, ua.VariantType.Int32, 0))
            elif word == "change":
                for number, node in enumerate(many):
                    await server.write_attribute_value(node.nodeid, value(-number, ua.VariantType.Int32, number))
            print("done", flush=True)


asyncio.run(main())
