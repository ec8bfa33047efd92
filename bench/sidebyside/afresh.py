"""The cases that start each proxy afresh: in which order they do, and what becomes of their figures."""
import time

from . import cold, machine, memory, process, report, special, stall


def fresh(bench, action, among):
    """Result by proxy of an action that starts it with a setting, and stops it."""
    results = {}
    for proxy in (proxy for proxy in among if proxy.name not in bench.skipped):
        if time.monotonic() > bench.deadline:
            break
        setting = bench.setting("ecdsa")
        try:
            results[proxy.name] = action(proxy, setting)
        except (OSError, process.StartError) as error:
            bench.failed.append(f"{proxy.name} has no figure: {' '.join(str(error).split())[:300]}")
            print(f"  {proxy.name}: {error}", flush=True)
    return results


def rounds(bench, action, among, count):
    """Results of each round by proxy; the order of turns rotates."""
    found = {}
    for index in range(count):
        shift = index % max(1, len(among))
        for name, measured in fresh(bench, action, among[shift:] + among[:shift]).items():
            found.setdefault(name, []).append(measured)
    return {proxy.name: found[proxy.name] for proxy in among if proxy.name in found}


def of_kind(bench, kind):
    return [proxy for proxy in bench.options.proxies if proxy.kind == kind]


def run_stall(bench):
    def action(proxy, setting):
        setting.java_options = stall.JAVA_OPTIONS
        return stall.measure(bench, proxy, setting)

    bench.result["stall"] = fresh(bench, action, [proxy for proxy in bench.options.proxies if proxy.jvm])
    print(report.stall_table(bench.result["stall"]), flush=True)


def run_cold(bench):
    limit = bench.options.cold_seconds
    bench.result["cold"] = rounds(
        bench,
        lambda proxy, setting: cold.measure(bench, proxy, setting, limit),
        of_kind(bench, "http"),
        min(cold.ROUNDS, bench.options.rounds),
    )
    print(cold.table(bench.result["cold"]), flush=True)


def run_start(bench):
    def action(proxy, setting):
        return special.start_to_first_byte(lambda: proxy.start(setting), setting.ports["ecdsa"])

    runs = {}
    ours = [proxy for proxy in bench.options.proxies if proxy.jvm]
    for _ in range(min(7, bench.options.rounds + 1)):
        for name, measured in fresh(bench, action, bench.options.proxies).items():
            runs.setdefault(name, []).append(measured)
        with special.without_cache():
            for name, measured in fresh(bench, action, ours).items():
                runs.setdefault(name + ", cold", []).append(measured)
    bench.result["start"] = runs
    print(report.start_table(runs), flush=True)


def run_idle(bench):
    results = {}
    for kind, sockets in (("http", 1), ("tcp", 2)):
        count = min(bench.options.idle_connections, machine.connection_limit(sockets))

        def action(proxy, setting, count=count):
            return special.idle_connections(lambda: proxy.start(setting), setting.ports["ecdsa"], count, seconds=180)

        results |= fresh(bench, action, of_kind(bench, kind))
    bench.result["idle"] = results
    print(report.idle_table(results), flush=True)


def run_memory(bench):
    options = bench.options
    peak = memory.Peak(
        options.memory_connections, options.memory_busy, options.memory_handshakes, options.memory_quiet
    )
    bench.result["memory"] = fresh(
        bench, lambda proxy, setting: memory.measure(bench, proxy, setting, peak), of_kind(bench, "http")
    )
    print(memory.table(bench.result["memory"], peak), flush=True)


CASES = {"stall": run_stall, "cold": run_cold, "start": run_start, "idle": run_idle, "memory": run_memory}


def errors(result):
    """Whether one of these cases found something wrong. In `idle`, peers may have fewer connections than were wanted:
    their limits are not ours to set."""
    return any(
        erred(result, case, proxy)
        for case in CASES
        for proxy in result.get(case, {})
        if case != "idle" or proxy.startswith("offramp")
    )


def erred(result, case, proxy):
    """Whether a proxy has errors in one of these cases."""
    found = result.get(case, {}).get(proxy, [])
    return any(run.get("errors") for run in (found if isinstance(found, list) else [found]))
