"""Checks that print a line each: `ok NAME` or `failed NAME: why`."""
import sys
import traceback

failures = 0


def check(run):
    global failures
    name = run.__name__.replace("_", " ")
    try:
        run()
        print(f"ok {name}", flush=True)
    except Exception as error:
        failures += 1
        traceback.print_exc()
        print(f"failed {name}: {type(error).__name__} {str(error)[:300]!r}", flush=True)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def end():
    sys.exit(1 if failures > 0 else 0)
