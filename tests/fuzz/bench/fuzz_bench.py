"""fuzz-bench: how fast the system call fuzzer plays scripts, beside a target that does nothing.

usage: fuzz_bench.py EMPTY_TARGET FUZZER EMPTY_SCRIPT SINGLE_SCRIPT STEPS_SCRIPT

Each binary makes the same input again and again (same_input.c). Time is what the processor spent, not the clock's, and
of each run that of one without inputs is taken away: start, boot. The medians of several rounds count. Prints

    bench fuzz-reset RATIO     empty script to empty target, in executions a second
    bench fuzz-single RATIO    a script of one call to the empty script
    bench fuzz-script RATIO    a script of sixteen steps to the empty script
    bench fuzz-execs VALUE     executions a second of the script of one call

and fails if a ratio is below its bar.
"""

import os
import statistics
import subprocess
import sys

ROUNDS = 5
BARS = {"fuzz-reset": 0.10, "fuzz-single": 0.60, "fuzz-script": 0.15}


def cpu_seconds(command, script):
    """What user and system time the command takes."""
    environment = dict(os.environ, FUZZ_BENCH_INPUT=script)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    output = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit("{}\n{}: status {}".format(output.decode(errors="replace"), " ".join(command), status))
    return usage.ru_utime + usage.ru_stime


def seconds_each(binary, script, runs):
    command = [binary, "-max_len=4096", "-len_control=0", "-seed=1"]
    return (cpu_seconds(command + ["-runs=%d" % runs], script) - cpu_seconds(command + ["-runs=1"], script)) / runs


def measure(cases):
    """The median time of one execution for each case. The cases take turns: what else the machine does hits them all."""
    times = [[seconds_each(*case) for case in cases] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*times)]


def judge(nothing, empty, single, steps):
    """From times to ratios of rates, and those that are below their bar."""
    ratios = {"fuzz-reset": nothing / empty, "fuzz-single": empty / single, "fuzz-script": empty / steps}
    return ratios, [name for name, bar in BARS.items() if ratios[name] < bar]


def main(empty_target, fuzzer, empty, single, steps):
    times = measure([(empty_target, empty, 1000000), (fuzzer, empty, 100000), (fuzzer, single, 100000),
                     (fuzzer, steps, 20000)])
    ratios, low = judge(*times)
    for name, ratio in ratios.items():
        print("bench %s %.3f" % (name, ratio))
    print("bench fuzz-execs %d" % (1 / times[2]))
    if low:
        sys.exit("below its bar: " + ", ".join("%s (%.2f)" % (name, BARS[name]) for name in low))


if __name__ == "__main__":
    main(*sys.argv[1:])
