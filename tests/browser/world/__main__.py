#!/usr/bin/env python3
"""A world for journeys in a browser: `world BUILD PORTAL`. Asked in lines of JSON, {id, call, args}; answers {id, value} or {id, error}.

The first line it prints is {facts} or {error}. It ends, and takes everything with it, when its input ends or
it is told to.
"""
import concurrent.futures
import json
import pathlib
import signal
import sys
import threading
import traceback

import service


def calls(w):
    return {
        "kyso": lambda args, token=None: w.kyso(*args, token=token),
        "api": w.api_call,
        "invite": w.invite,
        "certificate": w.certificate,
        "mail": w.mail,
        "sms": w.sms,
        "phone": w.enrol_phone,
        "paper": w.paper,
        "sheet": w.sheet,
        "file": w.file,
        "issue": w.issue,
        "bounce": w.bounce,
        "move": w.clock.move,
        "now": w.clock.now,
        "agent": w.machine.start,
        "unplug": w.machine.stop,
        "behave": w.machine.behave,
        "shown": w.machine.shown,
        "log": lambda: w.log.read_text(errors="replace"),
    }


def serve(w, say):
    known = calls(w)

    def answer(line):
        asked = json.loads(line)
        try:
            say({"id": asked["id"], "value": known[asked["call"]](**asked.get("args", {}))})
        except Exception as failure:  # told to who asked
            say({"id": asked["id"], "error": f"{asked['call']}: {failure}"})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for line in sys.stdin:
            pool.submit(answer, line)


def main():
    service.world.die_on_interrupt()  # so that the end below is reached
    lock, out = threading.Lock(), sys.stdout
    sys.stdout = sys.stderr  # what the demo's helpers print

    def say(message):
        with lock:
            out.write(json.dumps(message, ensure_ascii=False, default=str) + "\n")
            out.flush()

    w = service.Service(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    try:
        w.found()
        say({"facts": w.facts()})
        serve(w, say)
        return 0
    except (Exception, KeyboardInterrupt) as failure:
        traceback.print_exc()
        say({"error": str(failure)})
        return 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        w.end()
        w.remove()


sys.exit(main())
