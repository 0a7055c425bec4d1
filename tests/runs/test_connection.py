"""Nobody is let in: what listens, who is refused, and how a cluster's certificates are read."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from ipaddress import ip_address
from pathlib import Path

import dask
import psutil
import pytest
from distributed import Client, Security

from simulation.cli import main
from simulation.runs.connection import _certificates, _client
from simulation.runs.store import Store
from simulation.scenario.errors import BadInput
from tests.runs.clusters import cluster
from tests.studies.small import SMALL, run
from tests.worlds import apart_from_progress

TLS = "tls://127.0.0.1:18791"
PLAN = (*SMALL, "motions=[clg,plg]", "seeds=2")
README = Path(__file__).parents[2] / "README.md"


def listening(processes) -> list:
    """Return the addresses on which processes listen."""
    return [c.laddr for p in processes for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]


def certificate(folder: Path, name: str = "cluster") -> Path:
    """Write a certificate with its key, and the README's file that names them; return the folder."""
    folder.mkdir(exist_ok=True)
    made = Security.temporary()
    (folder / f"{name}.crt").write_text(made.tls_ca_file)
    (folder / f"{name}.key").write_text(made.tls_client_key)
    (folder / "tls.yaml").write_text(README.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0])
    return folder


def named(folder: Path, ca: str, cert: str, key: str):
    """Return dask's settings that name three files."""
    tls = {"ca-file": ca and str(folder / ca), "client.cert": str(folder / cert), "client.key": str(folder / key)}
    return dask.config.set({f"distributed.comm.tls.{name}": path for name, path in tls.items()})


def test_one_process_listens_on_nothing(tmp_path, monkeypatch):
    seen, add = [], Store.add
    monkeypatch.setattr(Store, "add", lambda *a: seen.append(listening([psutil.Process()])) or add(*a))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        before = listening([psutil.Process()])
        assert probe.getsockname() in before
        run(tmp_path / "run", "motions=[clg,plg]", "seeds=1")
    assert seen and all(found == before for found in seen)


@pytest.mark.slow
def test_two_processes_listen_on_loopback_alone_and_refuse_whoever_has_not_their_certificate(tmp_path):
    how = ("jobs=2", "seeds=4000", f"out={tmp_path / 'run'}")
    process = subprocess.Popen([sys.executable, "-m", "simulation", *PLAN, *how], stdout=subprocess.DEVNULL)
    try:
        while not list((tmp_path / "run").glob("data/runs-*.parquet")):
            time.sleep(0.1)
            assert process.poll() is None
        parent = psutil.Process(process.pid)
        there = listening([parent, *parent.children(recursive=True)])
        assert all(ip_address(address.ip).is_loopback for address in there)
        closed = [address.port for address in there if speaks_tls(address.port)]
        assert len(closed) >= 3  # a scheduler and two workers
        for port in closed:
            refuses_clients(port)
        for address in there:
            answers_no_page(address.port)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait(timeout=30)


def speaks_tls(port: int) -> bool:
    """Whether a server asks for TLS, whatever its certificate."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=3) as there:
        try:
            trusting.wrap_socket(there).close()
        except (ssl.SSLError, TimeoutError):
            return False
        return True


def refuses_clients(port: int) -> None:
    for address, security in ((f"tcp://127.0.0.1:{port}", None), (f"tls://127.0.0.1:{port}", Security.temporary())):
        with pytest.raises(OSError):
            Client(address, security=security, timeout="3s")


def answers_no_page(port: int) -> None:
    for page in ("", "info/main/workers.html", "json/identity.json", "metrics"):
        with pytest.raises((urllib.error.HTTPError, OSError)):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=3)


@pytest.mark.slow
def test_a_cluster_as_the_readme_starts_it_runs_a_command_and_refuses_other_certificates(tmp_path):
    mine, other = certificate(tmp_path / "mine"), certificate(tmp_path / "other")
    plain = TLS.replace("tls", "tcp")
    with cluster(18791, scheme="tls", folder=mine, DASK_CONFIG="tls.yaml"):
        with named(other, "cluster.crt", "cluster.crt", "cluster.key"), pytest.raises(BadInput) as error:
            _client(TLS)
        assert str(error.value).startswith(f"cluster={TLS}: the scheduler and these certificates do not fit (")
        with pytest.raises(BadInput) as error:
            _client(plain)
        assert str(error.value) == f"cluster={plain}: the scheduler hangs up; does it want tls://?"
        command = [sys.executable, "-m", "simulation", *PLAN, f"cluster={TLS}", "out=run"]
        settings = os.environ | {"DASK_CONFIG": "tls.yaml"}
        said = subprocess.run(command, cwd=mine, env=settings, capture_output=True, text=True, timeout=400)
        assert (said.returncode, apart_from_progress(said.stderr)) == (0, "")
    assert main([*PLAN, f"out={tmp_path / 'here'}"]) == 0
    assert (mine / "run" / "data" / "summary.csv").read_bytes() == (
        tmp_path / "here" / "data" / "summary.csv"
    ).read_bytes()


def test_certificates_that_cannot_be_used_are_named(tmp_path):
    certificate(tmp_path, "a"), certificate(tmp_path, "b")
    with named(tmp_path, "a.crt", "a.crt", "a.key"):
        assert _certificates(TLS).get_connection_args("client")["ssl_context"]
    where = f"cluster={TLS}: distributed.comm.tls"
    pair = (tmp_path / "a.crt", tmp_path / "b.key")
    for files, sentence in {
        ("", "a.crt", "a.key"): f"{where}.ca-file is not set in dask's configuration; README.md says how",
        ("a.crt", "a.crt", "no.key"): f"{where}.client.key={tmp_path}/no.key cannot be read: No such file or directory",
        ("a.crt", *(p.name for p in pair)): (
            f"cluster={TLS}: these are no certificates with their key (KEY_VALUES_MISMATCH): "
            f"ca-file={pair[0]}, client.cert={pair[0]}, client.key={pair[1]}"
        ),
    }.items():
        with named(tmp_path, *files), pytest.raises(BadInput) as error:
            _certificates(TLS)
        assert str(error.value) == sentence
