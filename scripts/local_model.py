"""Serves one model with llama.cpp's own HTTP server, on a free port of 127.0.0.1.

Without --state it writes its address to standard output once it answers, and ends when its standard input is closed:
so it never outlives the script that started it, however that script ended. With --state FILE it is on its own until a
SIGTERM; it keeps FILE locked while it lives and writes its process id and address into it.
"""
import argparse
import fcntl
import os
import signal
import sys
import threading
import time
import urllib.request

import xllamacpp

CONTEXT = 4096  # tokens for each request
EMBEDDED = 512  # those of a text that becomes a vector; the model takes no more
REQUESTS = 4  # answered at once


def parameters(args):
    p = xllamacpp.CommonParams()
    p.model.path = args.weights
    p.model_alias = {args.name}
    p.hostnames = ["127.0.0.1"]
    p.port = 0
    p.n_parallel = REQUESTS
    p.n_ctx = CONTEXT * REQUESTS
    # Threads wait for each other: as many as there are processors is slow on a machine that does anything else.
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) // 2)
    p.n_threads_http = 64
    p.cache_ram_mib = 256
    p.offline = True
    p.warmup = False
    p.verbosity = 1
    if args.embeddings:
        p.embedding = True
        p.n_ctx = EMBEDDED * REQUESTS
        p.n_batch = p.n_ubatch = EMBEDDED
        return p
    # Defaults, for requests that say nothing of them: the likeliest text, without which so small a model loses its
    # thread, and a little against repeating itself.
    p.sampling.temp = 0
    p.sampling.penalty_repeat = 1.05
    return p


def wait_until_ready(address):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(address + "/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--weights", required=True)
    ap.add_argument("--name", required=True)
    ap.add_argument("--state")
    ap.add_argument("--embeddings", action="store_true")
    args = ap.parse_args()
    announcements = os.fdopen(os.dup(1), "w")  # whatever the library prints goes to standard error
    os.dup2(2, 1)

    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command beside it
    if args.state:
        os.setsid()
        state = open(args.state, "a+")
        fcntl.flock(state, fcntl.LOCK_EX)
        state.truncate(0)

    server = xllamacpp.Server(parameters(args))  # runs on threads of its own while this variable lives
    address = "http://127.0.0.1:" + server.listening_address.rsplit(":", 1)[1]
    wait_until_ready(address)
    if args.state:
        print(os.getpid(), address + "/v1", file=state, flush=True)
    else:
        print(address + "/v1", file=announcements, flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ended.wait()
    os._exit(0)  # nothing to save; requests under way are not waited for


if __name__ == "__main__":
    main()
