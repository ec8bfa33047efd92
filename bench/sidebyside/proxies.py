"""The proxies: how each is configured and started. All forward to the same upstream and listen with an ECDSA and an RSA
certificate.

Everybody gets one worker per core given, HTTP keep-alive to the upstream, long idle limits, and defaults otherwise; no
access log but in the case that is about it, where it goes to the file that has the proxy's output, in the proxy's cheap
way. The HTTP proxies all send the upstream X-Forwarded-For and -Proto, as Offramp does by itself, and speak HTTP/2 to
clients that offer it. Where a case needs it, requests below /grpc go to an upstream that speaks HTTP/2 without TLS, and
those below /tls to one with TLS, which nobody verifies, as nginx does by default.
"""
import dataclasses
import os
import pathlib
import shutil
from typing import Callable

from . import machine, process
from .site import nginx_main

# Connections that wait at the upstream: as many as a case has clients. HAProxy keeps what it opens.
UPSTREAM_IDLE = 4096
GRPC_PATH = "/grpc"
TLS_PATH = "/tls"
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass
class Setting:
    """What a proxy is started with."""

    folder: pathlib.Path
    certificates: dict
    upstream_port: int
    cores: set
    ports: dict  # certificate kind -> port to listen on
    admin_port: int  # for those that have one
    grpc_port: int | None = None  # of the upstream that speaks HTTP/2, if a case needs it
    tls_port: int | None = None  # of the upstream with TLS, if a case needs it
    java_options: str = ""
    access_log: bool = False


LOGGED = "+log"  # behind the name of a proxy with its access log on


@dataclasses.dataclass(frozen=True)
class Proxy:
    """A proxy that a run can start. `kind` is http or tcp: only proxies of one kind are compared."""

    name: str
    kind: str
    program: str
    arguments: Callable  # (name, Setting) -> command line behind the program; writes the configuration
    start_seconds: int = 10
    backend: str | None = None  # that carries the records of both directions; Offramp only
    home: pathlib.Path = REPOSITORY
    java_options: str = ""

    def __str__(self):
        return self.name

    @property
    def jvm(self):
        return self.backend is not None

    @property
    def logged(self):
        """The same with its access log on."""
        return dataclasses.replace(self, name=self.name + LOGGED)

    def missing(self):
        """Why it cannot be started here; None if it can."""
        if "/" in self.program:
            return None if (self.home / self.program).exists() else f"{self.home / self.program} is not there"
        return None if shutil.which(self.program) else f"{self.program} is not installed"

    def start(self, setting):
        setting.access_log = self.name.endswith(LOGGED)
        command = [self.program, *self.arguments(self.name, setting)]
        java_options = " ".join((os.environ.get("JAVA_OPTS", ""), self.java_options, setting.java_options)).strip()
        server = process.Server(
            self.name,
            command,
            setting.cores,
            setting.folder / f"{self.name}.log",
            cwd=self.home,
            env={**os.environ, "JAVA_OPTS": java_options},
        )
        for port in setting.ports.values():
            try:
                server.await_port(port, self.start_seconds)
            except process.StartError:
                server.stop()
                raise
        return server


def write(setting, name, text):
    path = setting.folder / name
    path.write_text(text)
    return str(path)


def nginx_upstream(name, port):
    return f"""upstream {name} {{
        server 127.0.0.1:{port};
        keepalive {UPSTREAM_IDLE};
        keepalive_requests 100000000;
        keepalive_timeout 300s;
    }}"""


def nginx(name, setting):
    log = "access_log /dev/stdout combined buffer=64k flush=1s;" if setting.access_log else ""
    grpc = f"location {GRPC_PATH} {{ grpc_pass grpc://grpc_up; }}" if setting.grpc_port else ""
    grpc_up = nginx_upstream("grpc_up", setting.grpc_port) if setting.grpc_port else ""
    tls = f"location {TLS_PATH}/ {{ proxy_pass https://tls_up; }}" if setting.tls_port else ""
    tls_up = nginx_upstream("tls_up", setting.tls_port) if setting.tls_port else ""
    servers = "".join(
        f"""
    server {{
        listen 127.0.0.1:{port} ssl http2 backlog=4096;
        server_name localhost;
        {log}
        ssl_certificate {setting.certificates[kind]};
        ssl_certificate_key {setting.certificates[kind]};
        location / {{ proxy_pass http://up; }}
        {grpc}
        {tls}
    }}"""
        for kind, port in setting.ports.items()
    )
    conf = write(
        setting,
        "nginx.conf",
        nginx_main(setting.folder, len(setting.cores), name)
        + f"""
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_request_buffering off;     # stream uploads, as the others do
    proxy_max_temp_file_size 0;      # stream answers, never by way of a file
    proxy_read_timeout 300s;
    {nginx_upstream("up", setting.upstream_port)}
    {grpc_up}
    {tls_up}
    proxy_ssl_protocols TLSv1.2 TLSv1.3;
    {servers}
}}
""",
    )
    return ["-e", "stderr", "-p", str(setting.folder), "-c", conf]


def haproxy(name, setting):
    logged = setting.access_log
    to, log = ("log stdout format raw local0 info", "log global\n    option httplog") if logged else ("", "")
    binds = "\n".join(
        f"    bind 127.0.0.1:{port} ssl crt {setting.certificates[kind]} alpn h2,http/1.1"
        for kind, port in setting.ports.items()
    )
    grpc = f"backend grpc\n    server s1 127.0.0.1:{setting.grpc_port} proto h2" if setting.grpc_port else ""
    use_grpc = f"use_backend grpc if {{ path_beg {GRPC_PATH} }}" if setting.grpc_port else ""
    tls = f"backend tls\n    server s1 127.0.0.1:{setting.tls_port} ssl verify none" if setting.tls_port else ""
    use_tls = f"use_backend tls if {{ path_beg {TLS_PATH}/ }}" if setting.tls_port else ""
    conf = write(
        setting,
        "haproxy.cfg",
        f"""
global
    nbthread {len(setting.cores)}
    maxconn {machine.connection_limit()}
    ssl-default-bind-options ssl-min-ver TLSv1.2
    {to}
defaults
    mode http
    {log}
    option http-keep-alive
    option forwardfor
    http-reuse always
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    timeout http-keep-alive 300s
frontend tls
{binds}
    http-request set-header X-Forwarded-Proto https
    {use_grpc}
    {use_tls}
    default_backend up
backend up
    server s1 127.0.0.1:{setting.upstream_port}
{grpc}
{tls}
""",
    )
    return ["-db", "-f", conf]


def hitch(name, setting):
    frontends = "\n".join(
        f'frontend = {{ host = "127.0.0.1" port = "{port}" pem-file = "{setting.certificates[kind]}" }}'
        for kind, port in setting.ports.items()
    )
    conf = write(
        setting,
        "hitch.conf",
        f"""
{frontends}
backend = "[127.0.0.1]:{setting.upstream_port}"
workers = {len(setting.cores)}
daemon = off
backlog = 4096
ocsp-dir = ""
tls-protos = TLSv1.2 TLSv1.3
log-level = 0
{'user = "nobody"' if os.getuid() == 0 else ""}
""",
    )
    return ["--config", conf]


def stunnel(name, setting):
    services = "\n".join(
        f"""[{kind}]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{setting.upstream_port}
cert = {setting.certificates[kind]}
TIMEOUTidle = 600
"""
        for kind, port in setting.ports.items()
    )
    conf = write(
        setting,
        "stunnel.conf",
        f"""
foreground = yes
pid =
syslog = no
debug = err
sslVersionMin = TLSv1.2
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
{services}""",
    )
    return [conf]


def offramp_access(setting):
    return "true" if setting.access_log else "false"


def offramp(mode, backend):
    """Arguments function of Offramp in one mode and with one backend for both directions."""
    policy = "sw" if backend == "sw" else "hw"

    def arguments(name, setting):
        offload = f"{{backend: {backend}, tx: {policy}, rx: {policy}}}"
        routed = {}
        if setting.grpc_port and mode == "http":
            routed[GRPC_PATH] = f"grpc: {{servers: [127.0.0.1:{setting.grpc_port}], protocol: h2c}}"
        if setting.tls_port and mode == "http":
            tls = f"{{verify: none, offload: {offload}}}"
            routed[TLS_PATH] = f"tls: {{servers: [127.0.0.1:{setting.tls_port}], tls: {tls}}}"
        paths = ", ".join(f"{{path: {path}, upstream: {path[1:]}}}" for path in routed)
        routes = f"\n    routes: [{paths}]" if routed else ""
        upstreams = f"upstreams: {{{', '.join(routed.values())}}}" if routed else ""
        listeners = "\n".join(
            f"""  - bind: 127.0.0.1:{port}
    mode: {mode}
    tls: {{cert: {setting.certificates[kind]}}}
    upstream: 127.0.0.1:{setting.upstream_port}{routes}
    offload: {offload}"""
            for kind, port in setting.ports.items()
        )
        conf = write(
            setting,
            f"{name}.yaml",
            f"""listeners:
{listeners}
{upstreams}
threads: {len(setting.cores)}
admin: {{bind: 127.0.0.1:{setting.admin_port}}}
timeouts: {{idle: 300s}}
limits: {{upstream-idle: {UPSTREAM_IDLE}}}
logging: {{access: {offramp_access(setting)}, level: warn}}
""",
        )
        return ["run", conf]

    return arguments


def offramp_proxies():
    for label, backend in (("sw", "sw"), ("hw", "device"), ("ktls", "ktls")):
        for mode, suffix in (("http", ""), ("tcp", "-tcp")):
            yield Proxy(
                f"offramp-{label}{suffix}", mode, "./offramp", offramp(mode, backend), start_seconds=60, backend=backend
            )


PROXIES = [
    Proxy("nginx", "http", "nginx", nginx),
    Proxy("haproxy", "http", "haproxy", haproxy),
    Proxy("hitch", "tcp", "hitch", hitch),
    Proxy("stunnel", "tcp", "stunnel", stunnel),
    *offramp_proxies(),
]


def other(proxy, name, home, java_options):
    """The same variant of Offramp from another working copy, or with other options of the JVM."""
    return dataclasses.replace(proxy, name=f"{proxy.name}@{name}", home=home, java_options=java_options)
