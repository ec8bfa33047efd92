"""What all proxies share: certificates, the files behind the upstream, the upstream itself, and the TLS settings of the
clients."""
import hashlib
import os
import pathlib
import subprocess
import urllib.request

from . import machine, process

SIZES = {"1": 1, "1k": 1 << 10, "16k": 16 << 10, "1m": 1 << 20}


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, check=True, capture_output=True, timeout=60)


def make_certificate(folder, name, key_options):
    """A self-signed certificate for 127.0.0.1: NAME.crt, NAME.key, and both in NAME.pem."""
    key, cert, both = (folder / f"{name}.{suffix}" for suffix in ("key", "crt", "pem"))
    openssl("genpkey", *key_options, "-out", str(key))
    openssl(
        "req",
        "-new",
        "-x509",
        "-key",
        str(key),
        "-out",
        str(cert),
        "-days",
        "30",
        "-sha256",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    )
    both.write_text(cert.read_text() + key.read_text())
    return both


def make_certificates(folder):
    return {
        "ecdsa": make_certificate(folder, "ecdsa", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        "rsa": make_certificate(folder, "rsa", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    }


def client_environment(folder, version):
    """Environment that makes every OpenSSL client speak one version with AES-128-GCM and X25519, so that all proxies do
    the same work."""
    conf = folder / f"client-{version}.cnf"
    conf.write_text(
        f"""openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = defaults
[defaults]
MinProtocol = {version}
MaxProtocol = {version}
Ciphersuites = TLS_AES_128_GCM_SHA256
CipherString = ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256
Groups = X25519:P-256
"""
    )
    return {**os.environ, "OPENSSL_CONF": str(conf)}


class Files:
    """Random files of each size in a folder on tmpfs, and their hashes."""

    def __init__(self, folder, upload_bytes):
        self.folder = folder
        self.put_folder = folder / "put"
        self.put_folder.mkdir()
        self.sha256 = {}
        for name, size in SIZES.items():
            self.sha256[name] = self.write(folder / name, size)
        self.upload_path = folder / "upload"
        self.upload_bytes = upload_bytes
        self.upload_sha256 = self.write(self.upload_path, upload_bytes)

    @staticmethod
    def write(path, size):
        data = os.urandom(size)
        path.write_bytes(data)
        path.chmod(0o644)
        return hashlib.sha256(data).hexdigest()

    def uploaded_sha256(self, name):
        path = self.put_folder / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def nginx_main(folder, workers, name):
    """Start of an nginx configuration that stays in its folder, in the foreground, without logs."""
    user = "user root;" if os.getuid() == 0 else ""
    temp = "\n".join(
        f"    {kind}_temp_path {folder}/{name}-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{user}
daemon off;
worker_processes {workers};
pid {folder}/{name}.pid;
error_log stderr error;
events {{ worker_connections {2 * machine.connection_limit()}; }}
http {{
    access_log off;
{temp}
    keepalive_requests 100000000;
    keepalive_timeout 300s;
"""


def start_upstream(folder, files, port, tls, workers, cores):
    """An nginx that serves the files from tmpfs and takes uploads with PUT. `tls` is a port and a certificate, where
    the files are below /tls as well; or None."""
    secured = (
        f"""
    server {{
        listen 127.0.0.1:{tls[0]} ssl backlog=4096;
        ssl_certificate {tls[1]};
        ssl_certificate_key {tls[1]};
        ssl_protocols TLSv1.2 TLSv1.3;
        location /tls/ {{ alias {files.folder}/; }}
    }}"""
        if tls
        else ""
    )
    conf = folder / "upstream.conf"
    conf.write_text(
        nginx_main(folder, workers, "upstream")
        + f"""
    sendfile on;
    tcp_nopush on;
    open_file_cache max=100;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {files.folder};
        location = /status {{ stub_status; }}
        location /put/ {{
            dav_methods PUT;
            client_max_body_size 0;
            client_body_buffer_size 1m;
            client_body_temp_path {files.folder}/put-temp;
        }}
    }}{secured}
}}
"""
    )
    server = process.Server(
        "upstream", ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(conf)], cores, folder / "upstream.log"
    )
    server.await_port(port, 10)
    return server


def served(port):
    """Requests that the upstream has had so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=10) as answer:
        return int(answer.read().decode().splitlines()[2].split()[2])


def make_folders(root):
    """Folders of a run below `root`, which is on tmpfs."""
    root = pathlib.Path(root)
    root.chmod(0o755)
    www = root / "www"
    www.mkdir()
    return root, www
